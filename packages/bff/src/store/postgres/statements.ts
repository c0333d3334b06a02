import type { Statement } from './database.ts';
import { inSchema } from './schema.ts';

/** Commits without waiting for the disk: a crash of the server may lose the last half second of these. */
const relaxed = `(SELECT set_config('synchronous_commit', 'off', true)) AS relaxed`;

const emptied = `version = NULL, subject = NULL, provider_session = NULL, created_at = NULL, last_seen_at = NULL,
  idle_expires_at = NULL, device = NULL, sealed = NULL`;

/** Every statement of the store, for one schema. */
export type Statements = ReturnType<typeof statementsFor>;

export function statementsFor(schema: string) {
  const statement = (name: string, text: string): Statement => ({
    name: `coatcheck ${name}`,
    text: inSchema(text, schema),
  });
  return {
    read: statement(
      'read',
      `SELECT version::float8 AS version, subject, provider_session, created_at, last_seen_at, idle_expires_at,
      expires_at, device, sealed, reason, ended_at
    FROM :s.sessions WHERE id = $1`,
    ),

    create: statement(
      'create',
      `INSERT INTO :s.sessions (id, version, subject, provider_session, created_at, last_seen_at,
      idle_expires_at, expires_at, sweep_at, device, sealed)
    VALUES ($1, $2, $3, $4, $5, $6, $7::float8, $8::float8, least($7::float8, $8::float8), $9, $10)
    ON CONFLICT (id) DO NOTHING RETURNING 1`,
    ),

    update: statement(
      'update',
      `WITH done AS (
      UPDATE :s.sessions SET version = version + 1, subject = $3, provider_session = $4, created_at = $5,
        expires_at = $6, sweep_at = least(sweep_at, $6), device = $7, sealed = $8
      WHERE id = $1 AND version = $2 AND reason IS NULL RETURNING id)
    SELECT pg_notify($9, 'updated:' || id) FROM done`,
    ),

    touch: statement(
      'touch',
      `UPDATE :s.sessions SET last_seen_at = greatest(last_seen_at, $2),
      idle_expires_at = greatest(idle_expires_at, $3)
    FROM ${relaxed} WHERE id = $1 AND reason IS NULL RETURNING 1`,
    ),

    end: statement(
      'end',
      `WITH done AS (
      UPDATE :s.sessions SET reason = $2, ended_at = $3, expires_at = $4, sweep_at = $4, ${emptied}
      WHERE id = $1 AND reason IS NULL RETURNING id)
    SELECT pg_notify($5, 'ended:' || id) FROM done`,
    ),

    findBySubject: statement('findBySubject', 'SELECT id FROM :s.sessions WHERE subject = ANY ($1::text[])'),

    findByProviderSession: statement(
      'findByProviderSession',
      'SELECT id FROM :s.sessions WHERE provider_session = ANY ($1::text[])',
    ),

    claim: statement(
      'claim',
      `INSERT INTO :s.once AS o (name, expires_at) VALUES ($1, $3)
    ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at WHERE o.expires_at <= $2 RETURNING 1`,
    ),

    isClaimed: statement('isClaimed', 'SELECT 1 FROM :s.once WHERE name = $1 AND expires_at > $2'),

    // The row stays after a release: only an update can take the fence under the lock of the row.
    acquire: statement(
      'acquire',
      `INSERT INTO :s.leases AS l (name, holder, expires_at, attempted, after_attempt, fence)
    VALUES ($1, $2, $4, false, false, nextval(':s.fences'))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, attempted = false,
      after_attempt = l.attempted, fence = nextval(':s.fences')
    WHERE l.holder IS NULL OR l.expires_at <= $3
    RETURNING fence::float8 AS fence, after_attempt`,
    ),

    holder: statement('holder', 'SELECT expires_at FROM :s.leases WHERE name = $1 AND holder IS NOT NULL'),

    markAttempt: statement(
      'markAttempt',
      'UPDATE :s.leases SET attempted = true WHERE name = $1 AND holder = $2 RETURNING 1',
    ),

    release: statement(
      'release',
      `WITH done AS (
      UPDATE :s.leases SET holder = NULL, attempted = false WHERE name = $1 AND holder = $2 RETURNING name)
    SELECT pg_notify($3, 'released:' || name) FROM done`,
    ),

    increment: statement(
      'increment',
      `INSERT INTO :s.counters AS c (name, count, expires_at) VALUES ($1, $2, $4)
    ON CONFLICT (name) DO UPDATE SET
      count = CASE WHEN c.expires_at > $3 THEN c.count ELSE 0 END + excluded.count,
      expires_at = CASE WHEN c.expires_at > $3 THEN c.expires_at ELSE excluded.expires_at END
    RETURNING count::float8 AS count, expires_at`,
    ),

    // Locked rows are somebody else's work. What was used meanwhile gets its new place in the order.
    sweep: statement(
      'sweep',
      `WITH due AS MATERIALIZED (
      SELECT id, CASE WHEN reason IS NOT NULL THEN 'dropped'
          WHEN least(expires_at, idle_expires_at) <= $1 THEN 'buried' ELSE 'used' END AS fate
      FROM :s.sessions WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT $2 FOR UPDATE SKIP LOCKED),
    buried AS (
      UPDATE :s.sessions s SET reason = CASE WHEN s.expires_at <= $1 THEN 'expired' ELSE 'idle' END,
        ended_at = least(s.expires_at, s.idle_expires_at), expires_at = $3, sweep_at = $3, ${emptied}
      FROM due WHERE s.id = due.id AND fate = 'buried' RETURNING s.id),
    used AS (
      UPDATE :s.sessions s SET sweep_at = least(s.expires_at, s.idle_expires_at)
      FROM due WHERE s.id = due.id AND fate = 'used'),
    dropped AS (
      DELETE FROM :s.sessions s USING due WHERE s.id = due.id AND fate = 'dropped')
    SELECT due.id, fate, pg_notify($4, 'ended:' || buried.id) FROM due LEFT JOIN buried ON buried.id = due.id`,
    ),

    sweepOnce: statement(
      'sweepOnce',
      `DELETE FROM :s.once WHERE name IN (SELECT name FROM :s.once WHERE expires_at <= $1
      ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
    ),

    sweepLeases: statement(
      'sweepLeases',
      `DELETE FROM :s.leases WHERE name IN (SELECT name FROM :s.leases WHERE expires_at <= $1
      ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
    ),

    sweepCounters: statement(
      'sweepCounters',
      `DELETE FROM :s.counters WHERE name IN (SELECT name FROM :s.counters WHERE expires_at <= $1
      ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
    ),

    probe: statement(
      'probe',
      `INSERT INTO :s.probe AS p (id, writes) SELECT 1, 1 FROM ${relaxed}
    ON CONFLICT (id) DO UPDATE SET writes = p.writes + 1`,
    ),
  };
}
