import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** Assertions that were used, until they would have expired anyway. */
export class UsedAssertions {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Takes an assertion for one use; of two requests at the same time one wins.
   *
   * @param exp when the assertion ends, in seconds since the epoch
   * @returns whether it was unused
   */
  claim(clientId: string, jti: string, exp: number): boolean {
    const id = createHash('sha256')
      .update(JSON.stringify([clientId, jti]))
      .digest('base64url');
    const { changes } = this.#database
      .prepare(
        `INSERT INTO records (model, id, payload, expires_at) VALUES ('UsedAssertion', ?, '{}', ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(id, Math.ceil(exp));
    return changes === 1;
  }
}
