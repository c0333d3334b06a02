import type { DatabaseSync } from 'node:sqlite';
import { Type } from '@fastify/type-provider-typebox';
import { Compile } from 'typebox/compile';
import type { NewNote, Note, NoteChange, NotePage } from './schema.ts';

/** Whose notes. A subject alone would not do: another issuer may give the same one to somebody else. */
export interface Owner {
  readonly issuer: string;
  readonly subject: string;
}

/** The notes. Nobody gets at a note of another owner: for them it is not there. */
export interface NoteStore {
  /**
   * @param after `next` of the page before
   * @param search only notes with this text in title or body, ASCII letters in either case; empty for all
   */
  list(owner: Owner, limit: number, after: string | undefined, search: string): NotePage;
  add(owner: Owner, note: NewNote): Note;
  /** @returns the note as it is now, or undefined if the owner has none of this id */
  change(owner: Owner, id: string, change: NoteChange): Note | undefined;
  /** @returns whether there was one */
  remove(owner: Owner, id: string): boolean;
  /** @returns the note that was removed less than ten minutes ago, or undefined if there is none of this id */
  restore(owner: Owner, id: string): Note | undefined;
  /** @returns how many there were */
  removeAll(owner: Owner): number;
}

const Row = Compile(
  Type.Object({
    id: Type.String(),
    title: Type.String(),
    body: Type.String(),
    created_at: Type.Integer(),
    updated_at: Type.Integer(),
  }),
);

/** How long a removed note can be brought back, in milliseconds. */
const restorableFor = 10 * 60_000;

/** Keeps the notes in a database that `openDatabase()` opened. */
export function createNoteStore(database: DatabaseSync, clock: () => number, newId: () => string): NoteStore {
  const columns = 'id, title, body, created_at, updated_at';
  const list = database.prepare(
    `SELECT ${columns} FROM notes WHERE issuer = :issuer AND subject = :subject
     AND deleted_at IS NULL AND (created_at, id) < (:at, :id)
     AND (title LIKE :pattern ESCAPE '!' OR body LIKE :pattern ESCAPE '!') ORDER BY created_at DESC, id DESC LIMIT :limit`,
  );
  const add = database.prepare(
    `INSERT INTO notes (id, issuer, subject, title, body, created_at, updated_at)
     VALUES (:id, :issuer, :subject, :title, :body, :now, :now) RETURNING ${columns}`,
  );
  const change = database.prepare(
    `UPDATE notes SET title = coalesce(:title, title), body = coalesce(:body, body), updated_at = :now
     WHERE id = :id AND issuer = :issuer AND subject = :subject AND deleted_at IS NULL RETURNING ${columns}`,
  );
  const remove = database.prepare(
    `UPDATE notes SET deleted_at = :now
     WHERE id = :id AND issuer = :issuer AND subject = :subject AND deleted_at IS NULL`,
  );
  const restore = database.prepare(
    `UPDATE notes SET deleted_at = NULL WHERE id = :id AND issuer = :issuer AND subject = :subject
     AND deleted_at > :since RETURNING ${columns}`,
  );
  const purge = database.prepare('DELETE FROM notes WHERE deleted_at <= :until');
  const purgeOwn = database.prepare(
    'DELETE FROM notes WHERE issuer = :issuer AND subject = :subject AND deleted_at IS NOT NULL',
  );
  const removeAll = database.prepare('DELETE FROM notes WHERE issuer = :issuer AND subject = :subject');

  return {
    list({ issuer, subject }, limit, after, search) {
      const [at, id] = after === undefined ? [Number.MAX_SAFE_INTEGER, ''] : splitCursor(after);
      const pattern = `%${search.replaceAll(/[%_!]/g, '!$&')}%`;
      const rows = list
        .all({ issuer, subject, at, id, pattern, limit: limit + 1 })
        .map((row) => Row.Parse(row));
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return { notes: shown.map(noteFrom), next: last ? `${last.created_at}.${last.id}` : null };
    },
    add: ({ issuer, subject }, { title, body }) =>
      noteFrom(Row.Parse(add.get({ id: newId(), issuer, subject, title, body, now: clock() }))),
    change({ issuer, subject }, id, { title = null, body = null }) {
      const row = change.get({ id, issuer, subject, title, body, now: clock() });
      return row && noteFrom(Row.Parse(row));
    },
    remove({ issuer, subject }, id) {
      const now = clock();
      purge.run({ until: now - restorableFor });
      return remove.run({ id, issuer, subject, now }).changes > 0;
    },
    restore({ issuer, subject }, id) {
      const row = restore.get({ id, issuer, subject, since: clock() - restorableFor });
      return row && noteFrom(Row.Parse(row));
    },
    removeAll({ issuer, subject }) {
      purgeOwn.run({ issuer, subject });
      return Number(removeAll.run({ issuer, subject }).changes);
    },
  };
}

function splitCursor(cursor: string): [number, string] {
  const dot = cursor.indexOf('.');
  return [Number(cursor.slice(0, dot)), cursor.slice(dot + 1)];
}

function noteFrom(row: ReturnType<typeof Row.Parse>): Note {
  const { id, title, body } = row;
  return {
    id,
    title,
    body,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
