import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { sendProblem } from '../problems.ts';
import { Deleted, NewNote, Note, NoteChange, NotePage, NoteQuery } from './schema.ts';
import type { NoteStore } from './store.ts';

const read = { access: { scopes: ['notes:read'] } };
const write = { access: { scopes: ['notes:write'] } };
const params = Type.Object({ id: Type.String({ maxLength: 64 }) });

interface NoteOptions {
  readonly notes: NoteStore;
  /** Seconds. */
  readonly freshSignIn: number;
}

/** `/api/notes`: each caller's own. A note of somebody else answers like one that does not exist. */
export const noteRoutes: FastifyPluginAsyncTypebox<NoteOptions> = async (app, { notes, freshSignIn }) => {
  // Not to be undone: only soon after the sign-in (RFC 9470), so that nobody does it at an unlocked screen.
  const writeFresh = { access: { scopes: ['notes:write'], maxAge: freshSignIn } };
  app.get(
    '/api/notes',
    { config: read, schema: { summary: 'My notes', querystring: NoteQuery, response: { 200: NotePage } } },
    async ({ principal, query: { limit = 100, after, q = '' } }) => notes.list(principal, limit, after, q),
  );

  app.post(
    '/api/notes',
    { config: write, schema: { summary: 'Write a note', body: NewNote, response: { 201: Note } } },
    async ({ principal, body }, reply) => reply.code(201).send(notes.add(principal, body)),
  );

  app.patch(
    '/api/notes/:id',
    {
      config: write,
      schema: { summary: 'Change a note', params, body: NoteChange, response: { 200: Note } },
    },
    async ({ principal, params: { id }, body }, reply) =>
      notes.change(principal, id, body) ?? sendProblem(reply, 'not_found'),
  );

  app.delete(
    '/api/notes/:id',
    { config: write, schema: { summary: 'Delete a note', params, response: { 204: Type.Null() } } },
    async ({ principal, params: { id } }, reply) =>
      notes.remove(principal, id) ? reply.code(204).send(null) : sendProblem(reply, 'not_found'),
  );

  app.post(
    '/api/notes/:id/restore',
    {
      config: write,
      schema: { summary: 'Bring back a note deleted just now', params, response: { 200: Note } },
    },
    async ({ principal, params: { id } }, reply) =>
      notes.restore(principal, id) ?? sendProblem(reply, 'not_found'),
  );

  app.delete(
    '/api/notes',
    { config: writeFresh, schema: { summary: 'Delete all my notes', response: { 200: Deleted } } },
    async ({ principal }) => ({ deleted: notes.removeAll(principal) }),
  );
};
