import { problem } from './answers.ts';
import type { HeldSession } from './held-session.ts';

/** The API behind the scripted BFF, and what its routes ask for. */
export function createNotesApi() {
  let notes = ['Water the plants', 'Return the coat'];
  return (method: string, path: string, body: string, session: HeldSession): Response => {
    if (path === '/api/repositories') {
      if (session.connections.includes('github')) return Response.json(['coatcheck', 'cloakroom']);
      return problem('connection_required', 403, {
        detail: 'This needs an account of another provider.',
        provider: 'github',
      });
    }
    if (path !== '/api/notes') return Response.json({ error: 'no such thing' }, { status: 404 });
    if (method === 'GET') return Response.json(notes);
    if (method === 'POST') {
      notes = [...notes, body];
      return Response.json(notes, { status: 201 });
    }
    if (method === 'PUT' && !session.scopes.includes('notes:write')) {
      return problem('insufficient_scope', 403, {
        detail: 'This needs one more permission.',
        provider: 'main',
        scope: 'notes:write',
        consent: 'notes-write',
      });
    }
    if (method === 'DELETE') {
      if (session.acr !== 'urn:mfa') {
        return problem('step_up_required', 401, {
          detail: 'This needs a stronger sign-in.',
          provider: 'main',
          acr_values: 'urn:mfa',
          max_age: 60,
        });
      }
      notes = [];
    }
    return Response.json(notes);
  };
}
