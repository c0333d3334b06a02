import type { DatabaseSync } from 'node:sqlite';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';

/** Models of which a second use means that somebody else has a copy. */
const singleUse = new Set(['AuthorizationCode', 'RefreshToken']);

/** The provider's records of one model, in SQLite. Expired ones are judged by the provider and removed by the sweep. */
export class SqliteAdapter implements Adapter {
  readonly #database: DatabaseSync;
  readonly #model: string;
  readonly #now: () => number;

  /**
   * @param model the provider's name for the kind of record
   * @param now milliseconds since the epoch
   */
  constructor(database: DatabaseSync, model: string, now: () => number) {
    this.#database = database;
    this.#model = model;
    this.#now = now;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const expiresAt = expiresIn === undefined ? null : this.#seconds() + expiresIn;
    this.#database
      .prepare(
        `INSERT INTO records (model, id, payload, expires_at, grant_id, uid, user_code)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (model, id) DO UPDATE SET
           payload = excluded.payload, expires_at = excluded.expires_at, grant_id = excluded.grant_id,
           uid = excluded.uid, user_code = excluded.user_code`,
      )
      .run(
        this.#model,
        id,
        JSON.stringify(payload),
        expiresAt,
        payload.grantId ?? null,
        payload.uid ?? null,
        payload.userCode ?? null,
      );
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#read('id', id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#read('uid', uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#read('user_code', userCode);
  }

  /**
   * Marks a record as used. The provider reads, decides and then calls this, so two requests with one code or
   * refresh token could both get here: the second one loses, and the grant with it (RFC 9700 §4.14.2).
   *
   * @throws invalid_grant when the record was used already
   */
  async consume(id: string): Promise<void> {
    const { changes } = this.#database
      .prepare('UPDATE records SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL')
      .run(this.#seconds(), this.#model, id);
    if (changes === 1 || !singleUse.has(this.#model)) return;

    const grantId = (await this.find(id))?.grantId;
    if (grantId !== undefined) {
      this.#database
        .prepare("DELETE FROM records WHERE grant_id = ? OR (model = 'Grant' AND id = ?)")
        .run(grantId, grantId);
    }
    throw new errors.InvalidGrant('used twice at the same time');
  }

  async destroy(id: string): Promise<void> {
    this.#database.prepare('DELETE FROM records WHERE model = ? AND id = ?').run(this.#model, id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    this.#database.prepare('DELETE FROM records WHERE model = ? AND grant_id = ?').run(this.#model, grantId);
  }

  #read(column: 'id' | 'uid' | 'user_code', value: string): AdapterPayload | undefined {
    const row = this.#database
      .prepare(`SELECT payload, consumed_at FROM records WHERE model = ? AND ${column} = ?`)
      .get(this.#model, value);
    if (typeof row?.payload !== 'string') return undefined;
    const payload: AdapterPayload = JSON.parse(row.payload);
    return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at };
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}
