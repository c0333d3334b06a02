import type { DatabaseSync } from 'node:sqlite';

/** What users have allowed clients before, so that they are asked once and not at every sign-in. */
export class ConsentStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  remember(accountId: string, clientId: string, scopes: readonly string[]): void {
    const insert = this.#database.prepare(
      'INSERT INTO consents (account_id, client_id, scope) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const scope of scopes) insert.run(accountId, clientId, scope);
  }

  /** Whether all of these scopes were allowed before. */
  covers(accountId: string, clientId: string, scopes: readonly string[]): boolean {
    const allowed = this.#database
      .prepare('SELECT scope FROM consents WHERE account_id = ? AND client_id = ?')
      .all(accountId, clientId);
    const names = new Set(allowed.map((row) => row.scope));
    return names.size > 0 && scopes.every((scope) => names.has(scope));
  }
}
