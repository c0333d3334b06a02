import { type DeviceSessionView, pathsUnder } from '@coatcheck/protocol';
import { createAsk, jsonOf, orThrow } from './ask.ts';
import type { SessionClient } from './contract.ts';
import { CoatcheckError, unexpectedAnswer } from './errors.ts';
import { isRecord } from './json.ts';
import { shareReads } from './shared-read.ts';

/** One of the person's sessions, in whatever browser. Times are on this device's clock. */
export interface DeviceSession {
  /** A name for this session that opens nothing. */
  id: string;
  /** `Chrome on Linux` */
  device: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The session of this browser. */
  current: boolean;
}

/** All sessions of the person who is signed in. */
export interface DeviceSessions {
  /**
   * Asks for the list, newest use first; callers at the same time share one call.
   *
   * @throws CoatcheckError `session_required` where nobody is signed in, or why there was no answer
   */
  list(): Promise<DeviceSession[]>;
  /**
   * Ends one of them; one that is over already is fine. To end the one at hand, `logout()` is better: it ends the
   * provider's session too.
   *
   * @throws CoatcheckError as `list`
   */
  end(id: string): Promise<void>;
  /**
   * Ends all but the one at hand; resolves to how many.
   *
   * @throws CoatcheckError as `list`
   */
  endOthers(): Promise<number>;
}

/**
 * The sessions of the person who is signed in, on all devices. Make it once for those who shall share calls.
 *
 * @example
 * const list = await deviceSessions(client).list();
 */
export function deviceSessions(client: SessionClient): DeviceSessions {
  const ask = createAsk(client.fetch);
  const path = pathsUnder(client.basePath).sessions;
  const { now } = client.inside.page;
  const list = shareReads(async () => {
    const answer = await ask(path);
    if (answer instanceof CoatcheckError) return answer;
    const views = parseDeviceSessions(await jsonOf(answer));
    return views === null
      ? unexpectedAnswer(answer.status)
      : views.map((view) => onThisClock(view, clockOffset(answer, now())));
  });

  /** A list that is under way may show what was ended since. */
  let isOutdated = false;

  return {
    async list() {
      const read = isOutdated ? list.renew() : list.join();
      isOutdated = false;
      return orThrow(await read);
    },
    async end(id) {
      const answer = await ask(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE' });
      if (answer instanceof CoatcheckError && answer.code === 'not_found') return;
      orThrow(answer);
      isOutdated = true;
      // It may have been the one at hand.
      await client.inside.renew('revoked');
    },
    async endOthers() {
      const body = await jsonOf(orThrow(await ask(`${path}?others=1`, { method: 'DELETE' })));
      isOutdated = true;
      return isRecord(body) && typeof body.ended === 'number' ? body.ended : 0;
    },
  };
}

/** By how much this device's clock is ahead of the server's (RFC 9110 §6.6.1); 0 where it does not tell. */
function clockOffset(response: Response, now: number): number {
  const sent = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(sent) ? 0 : now - sent;
}

function onThisClock({ createdAt, lastSeenAt, ...rest }: DeviceSessionView, offset: number): DeviceSession {
  const moved = (time: string) => new Date(Date.parse(time) + offset);
  return { ...rest, createdAt: moved(createdAt), lastSeenAt: moved(lastSeenAt) };
}

/** Reads the body of `GET /bff/sessions`; null where it is anything else. */
function parseDeviceSessions(body: unknown): DeviceSessionView[] | null {
  if (!Array.isArray(body)) return null;
  return body.flatMap((entry: unknown) => {
    const { id, device, createdAt, lastSeenAt, current } = isRecord(entry) ? entry : {};
    if (typeof id !== 'string' || typeof device !== 'string') return [];
    if (!isTime(createdAt) || !isTime(lastSeenAt)) return [];
    return [{ id, device, createdAt, lastSeenAt, current: current === true }];
  });
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
