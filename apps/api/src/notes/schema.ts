import { type Static, Type } from '@fastify/type-provider-typebox';

const title = Type.String({ minLength: 1, maxLength: 200 });
const body = Type.String({ maxLength: 20_000 });

/** What a note is made from. Unknown members are refused: they are misspelt ones. */
export const NewNote = Type.Object({ title, body }, { additionalProperties: false });
export type NewNote = Static<typeof NewNote>;

/** What may change; at least one of them. */
export const NoteChange = Type.Partial(NewNote, { additionalProperties: false, minProperties: 1 });
export type NoteChange = Static<typeof NoteChange>;

/** A note as its owner sees it. Times are ISO 8601. */
export const Note = Type.Object({
  id: Type.String(),
  title: Type.String(),
  body: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});
export type Note = Static<typeof Note>;

/** Some notes, newest first; `next` is the `after` of the next page, null on the last. */
export const NotePage = Type.Object({
  notes: Type.Array(Note),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type NotePage = Static<typeof NotePage>;

/** Which notes, and which page of them. */
export const NoteQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Default: 100' })),
  after: Type.Optional(Type.String({ pattern: '^\\d{1,15}\\.[\\w-]{1,64}$' })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Only notes that contain this text' })),
});

/** How many notes are gone. */
export const Deleted = Type.Object({ deleted: Type.Integer() });
