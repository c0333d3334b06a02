import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Call } from '../call.ts';
import { RecordSet } from '../state/records.ts';

/** A browser, and who is signed in there. */
export interface Browser {
  readonly id: string;
  readonly accountId: string | undefined;
}

const day = 24 * 60 * 60;

/** Knows browsers again by a cookie whose name is the brand's own: ports share cookies. */
export class Browsers {
  readonly #records: RecordSet<{ accountId?: string }>;
  readonly #cookie: string;

  constructor(database: DatabaseSync, brand: string, now: () => number) {
    this.#records = new RecordSet(database, 'browser', now);
    this.#cookie = `emulated_${brand}_browser`;
  }

  /** The browser of a request; undefined if it has no cookie of ours. */
  known({ headers }: Call): Browser | undefined {
    const pairs = (headers.cookie ?? '').split(/; */).map((pair) => pair.split('='));
    const [, id] = pairs.find(([name]) => name === this.#cookie) ?? [];
    const record = id === undefined ? undefined : this.#records.find(id);
    return id !== undefined && record !== undefined ? { id, accountId: record.accountId } : undefined;
  }

  /** A browser that comes for the first time. */
  welcome(): Browser {
    const id = randomBytes(32).toString('base64url');
    this.#records.put(id, {}, day);
    return { id, accountId: undefined };
  }

  signIn(browser: Browser, accountId: string): void {
    this.#records.put(browser.id, { accountId }, day);
  }

  signOut(browser: Browser): void {
    this.#records.put(browser.id, {}, day);
  }

  /** The header that gives a browser its cookie; Lax, since people come from another site. */
  cookieHeader({ id }: Browser): Readonly<Record<string, string>> {
    return { 'Set-Cookie': `${this.#cookie}=${id}; Path=/; Max-Age=${day}; HttpOnly; SameSite=Lax` };
  }
}
