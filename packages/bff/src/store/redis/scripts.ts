import { script } from './request.ts';

// Every script is about one key and runs as one step. Offsets are those of record.ts, counted from 1. What is too short
// for a session is damaged, and none.

/** Milliseconds for which a session stays readable after its end, if no sweep buries it: as long as a tombstone. */
export const keptAfterEnd = 86_400_000;

/**
 * ARGV: expected version, new record, length of its indexed part, 'look' or 'force', channel, message.
 * Returns 0 where the version moved on or the session is gone, 1 where it is done; with 'look', where the indexed part
 * would change, that part as it stands, and does nothing.
 */
export const updateScript = script(`
local old = redis.call('GET', KEYS[1])
if not old or #old < 41 or string.sub(old, 1, 1) ~= 'S' or string.sub(old, 2, 9) ~= ARGV[1] then return 0 end
local new = ARGV[2]
local last = 25 + tonumber(ARGV[3])
local same = string.sub(old, 26, last) == string.sub(new, 26, last)
if not same and ARGV[4] == 'look' then
  local subject = struct.unpack('>I4', old, 34)
  local provider = struct.unpack('>I4', old, 38)
  if provider == 4294967295 then provider = 0 end
  return string.sub(old, 26, 41 + subject + provider)
end
local life = redis.call('PTTL', KEYS[1])
if not same then
  local idle = struct.unpack('>d', old, 18)
  local before = math.min(struct.unpack('>d', old, 26), idle)
  life = math.max(1000, math.ceil(life + math.min(struct.unpack('>d', new, 26), idle) - before))
end
redis.call('SET', KEYS[1], string.sub(new, 1, 9) .. string.sub(old, 10, 25) .. string.sub(new, 26), 'PX', life)
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 1
`);

/** ARGV: lastSeenAt, idleExpiresAt. Returns whether there is a session. */
export const touchScript = script(`
local head = redis.call('GETRANGE', KEYS[1], 0, 40)
if #head < 41 or string.sub(head, 1, 1) ~= 'S' then return 0 end
local seen = math.max(tonumber(ARGV[1]), (struct.unpack('>d', head, 10)))
local idle = math.max(tonumber(ARGV[2]), (struct.unpack('>d', head, 18)))
redis.call('SETRANGE', KEYS[1], 9, struct.pack('>dd', seen, idle))
local ends = math.min(idle, (struct.unpack('>d', head, 26)))
local life = math.ceil(math.max(0, ends - tonumber(ARGV[1])) + ${keptAfterEnd})
if life > redis.call('PTTL', KEYS[1]) then redis.call('PEXPIRE', KEYS[1], life) end
return 1
`);

const bury = `
local function bury(old, tombstone, life, channel, message)
  redis.call('SET', KEYS[1], tombstone, 'PX', life)
  redis.call('PUBLISH', channel, message)
  local subject = struct.unpack('>I4', old, 34)
  local provider = struct.unpack('>I4', old, 38)
  if provider == 4294967295 then provider = 0 end
  return string.sub(old, 26, 41 + subject + provider)
end
`;

/** ARGV: tombstone, its life, channel, message. Returns the indexed part of the session, or false if there was none. */
export const endScript = script(`${bury}
local old = redis.call('GET', KEYS[1])
if not old or #old < 41 or string.sub(old, 1, 1) ~= 'S' then return false end
return bury(old, ARGV[1], ARGV[2], ARGV[3], ARGV[4])
`);

/**
 * ARGV: now, life of the tombstone, channel, message. Returns the indexed part of a session that was over and is buried
 * now; for one that is not over, when it ends; false where there is none that could be read.
 */
export const sweepScript = script(`${bury}
local old = redis.pcall('GET', KEYS[1])
if type(old) ~= 'string' or #old < 41 or string.sub(old, 1, 1) ~= 'S' then return false end
local now = tonumber(ARGV[1])
local expires = struct.unpack('>d', old, 26)
local ends = math.min(expires, (struct.unpack('>d', old, 18)))
if ends > now then return { struct.pack('>d', ends) } end
local life = tonumber(ARGV[2])
local tombstone = 'T' .. struct.pack('>dd', ends, now + life) .. (expires <= now and 'expired' or 'idle')
return bury(old, tombstone, math.max(1000, life), ARGV[3], ARGV[4])
`);

/**
 * Adds a session to an index. ARGV: score, session id, the score below which entries may go, life of the entry.
 * The index lives as long as its last entry.
 */
export const indexScript = script(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
if tonumber(ARGV[4]) > redis.call('PTTL', KEYS[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return 1
`);

/** ARGV: now, expiresAt, life of the key. Returns whether the name was free. */
export const claimScript = script(`
local taken = redis.call('GET', KEYS[1])
if taken and tonumber(taken) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);

/**
 * ARGV: holder, now, expiresAt, life of the key. Returns the expiry of whoever has the lease, or the fence and whether
 * the holder before had sent its request. The fence is the server's time in microseconds, so it grows even over keys
 * that are long gone and over a database that was emptied.
 */
export const acquireScript = script(`
local old = redis.call('HMGET', KEYS[1], 'holder', 'expiresAt', 'attempted', 'fence')
if old[1] and tonumber(old[2]) > tonumber(ARGV[2]) then return { old[2] } end
local time = redis.call('TIME')
local fence = time[1] * 1000000 + time[2]
if old[4] then fence = math.max(fence, old[4] + 1) end
fence = string.format('%.0f', fence)
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'expiresAt', ARGV[3], 'attempted', '0', 'fence', fence)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { fence, old[3] == '1' and '1' or '0' }
`);

/** ARGV: holder. Returns whether it has the lease. */
export const markAttemptScript = script(`
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'attempted', '1')
return 1
`);

/** ARGV: holder, channel, message. The fence stays for a minute, in case the server's clock is set back. */
export const releaseScript = script(`
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'holder', 'expiresAt', 'attempted')
redis.call('PEXPIRE', KEYS[1], 60000)
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
`);

/** ARGV: by, now, end of a period that starts now, life of the key. Returns the count and the end of its period. */
export const incrementScript = script(`
local held = redis.call('HMGET', KEYS[1], 'count', 'expiresAt')
if held[1] and tonumber(held[2]) > tonumber(ARGV[2]) then
  return { tostring(redis.call('HINCRBY', KEYS[1], 'count', ARGV[1])), held[2] }
end
redis.call('HSET', KEYS[1], 'count', ARGV[1], 'expiresAt', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { ARGV[1], ARGV[3] }
`);
