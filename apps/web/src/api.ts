import type { ApiFetch } from '@coatcheck/client';

export interface Note {
  id: string;
  title: string;
  body: string;
  updatedAt: string;
}

export interface NoteText {
  title: string;
  body: string;
}

export interface NotePage {
  notes: Note[];
  /** Where the next page starts; null on the last one. */
  next: string | null;
}

export interface SeenUser {
  issuer: string;
  subject: string;
  name: string;
  email: string;
  notes: number;
  lastSeen: string;
}

export type Api = ReturnType<typeof createApi>;

/** The API itself said no. (What the BFF refuses is a `CoatcheckError`.) */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/**
 * Every call of this app. None of them carries a token: the BFF adds it on the way.
 *
 * @param read what is only shown: where the session is over, it is asked for anew after the next sign-in
 * @param write what somebody did: where the session is over, it waits for them to sign in again
 */
export function createApi(read: ApiFetch, write: ApiFetch) {
  async function ask(path: string, init?: RequestInit): Promise<unknown> {
    const send = init?.method === undefined ? read : write;
    const response = await send(path, init);
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return body;
    throw new ApiRefusal(response.status, detailOf(body, response.status));
  }

  return {
    /** @param search only notes that contain it; empty for all */
    async listNotes(after: string | null, search: string, signal: AbortSignal): Promise<NotePage> {
      const query = new URLSearchParams({
        ...(after === null ? {} : { after }),
        ...(search === '' ? {} : { q: search }),
      });
      const { notes, next } = recordOf(
        await ask(`/api/notes${query.size > 0 ? `?${query}` : ''}`, { signal }),
      );
      return { notes: listOf(notes).map(noteFrom), next: typeof next === 'string' ? next : null };
    },
    async createNote(text: NoteText): Promise<Note> {
      return noteFrom(await ask('/api/notes', withJson('POST', text)));
    },
    async updateNote(id: string, text: NoteText): Promise<Note> {
      return noteFrom(await ask(`/api/notes/${encodeURIComponent(id)}`, withJson('PATCH', text)));
    },
    async deleteNote(id: string): Promise<void> {
      await ask(`/api/notes/${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
    /** Brings back a note that was deleted just now. */
    async restoreNote(id: string): Promise<Note> {
      return noteFrom(await ask(`/api/notes/${encodeURIComponent(id)}/restore`, { method: 'POST' }));
    },
    /** All of them at once: the API does it only right after a sign-in. */
    async deleteAllNotes(): Promise<void> {
      await ask('/api/notes', { method: 'DELETE' });
    },
    /** What the API saw of the caller: claims, never the token. */
    async whoAmI(): Promise<unknown> {
      return ask('/api/me');
    },
    /** Has the API take the access token for expired that the BFF adds to this call. Only the demo's API knows it. */
    async expireToken(): Promise<void> {
      await ask('/api/demo/expire-token', { method: 'POST' });
    },
    async listUsers(signal: AbortSignal): Promise<SeenUser[]> {
      return listOf(recordOf(await ask('/api/admin/users', { signal })).users).map(userFrom);
    },
  };
}

function withJson(method: string, body: object): RequestInit {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** The text of a problem (RFC 9457), with the fields that were refused. */
function detailOf(body: unknown, status: number): string {
  const { detail, errors } = recordOf(body);
  const fields = listOf(errors).map((error) => {
    const { field, detail: reason } = recordOf(error);
    return `${textOf(field, 'it')} ${textOf(reason, 'is not right')}`;
  });
  if (fields.length > 0) return `${fields.join('; ')}.`;
  return textOf(detail, `It answered with status ${status}.`);
}

function noteFrom(value: unknown): Note {
  const { id, title, body, updatedAt } = recordOf(value);
  return { id: String(id), title: textOf(title), body: textOf(body), updatedAt: textOf(updatedAt) };
}

function userFrom(value: unknown): SeenUser {
  const { issuer, subject, name, email, notes, lastSeen } = recordOf(value);
  return {
    issuer: textOf(issuer),
    subject: textOf(subject),
    name: textOf(name),
    email: textOf(email),
    notes: Number(notes),
    lastSeen: textOf(lastSeen),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}
