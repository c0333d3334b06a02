import type { IncomingHttpHeaders } from 'node:http';
import type { SessionManager } from '../session/manager.ts';
import type { Tickets } from '../ticket/ticket.ts';
import type { Intent } from './transaction.ts';

/** What a sign-in asks for beyond who somebody is. */
const strengthens = ['acr_values', 'max_age', 'consent'] as const;

/** What a sign-in is for, and at which provider. */
export interface Aim {
  readonly intent: Intent;
  /** Id; undefined where neither the request nor a session names one. */
  readonly provider: string | undefined;
  /** Scopes that the session has there already. */
  readonly granted: readonly string[];
}

/**
 * Whether a sign-in goes on with the session at hand. It does where the request brings its ticket, so comes from our own
 * pages (the cookie is Strict), asks for strength or consent, and names no provider of which the session holds no grant.
 * Everything else begins a session: a link from elsewhere, a plain sign-in, another account.
 */
export async function aimOf(
  parts: { readonly tickets: Tickets; readonly sessions: SessionManager },
  headers: IncomingHttpHeaders,
  query: Partial<Record<'provider' | (typeof strengthens)[number], string>>,
): Promise<Aim> {
  const plain: Aim = { intent: { kind: 'sign-in' }, provider: query.provider, granted: [] };
  if (!strengthens.some((name) => query[name])) return plain;
  const found = parts.tickets.read(headers);
  if (found.kind !== 'ticket') return plain;
  const loaded = await parts.sessions.load(found.ticket);
  if (loaded.kind === 'none') return plain;
  const { record } = loaded.session;
  const provider = query.provider ?? record.provider;
  const grant = record.grants[provider];
  if (grant === undefined) return plain;
  return { intent: { kind: 'step-up', ticket: found.ticket }, provider, granted: grant.scopes };
}
