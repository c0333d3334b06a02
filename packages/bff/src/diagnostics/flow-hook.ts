import type { FlowKind } from '@coatcheck/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Flow } from '../observe/flow.ts';
import { placeholder, shownParameters } from '../observe/masking.ts';
import type { Settings } from '../options/settings.ts';
import type { Tickets } from '../ticket/ticket.ts';
import { formText } from '../web/query.ts';

/** What following the flow needs of its surroundings. */
export interface FlowHookParts {
  readonly settings: Settings;
  readonly tickets: Tickets;
}

/** What is asked for and what is answered, of our own routes that are steps of a flow. */
interface Kinds {
  readonly asked: FlowKind;
  readonly answered: FlowKind;
}

/**
 * Tells the flow of what browsers ask our own routes, and of our answers. A sign-in begins without a session: its steps
 * are found again by the name of its cookie, and become the session's with the ticket.
 */
export function followFlow(fastify: FastifyInstance, { settings, tickets }: FlowHookParts, flow: Flow): void {
  const { cookies } = settings;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const kinds = kindsOf(request, settings);
    if (!kinds) return done();
    flow.thread(() => {
      const found = tickets.read(request.headers);
      if (found.kind === 'ticket' && kinds.asked !== 'login') flow.belongsTo(found.ticket.idHash);
      done();
    });
  });
  fastify.addHook('preHandler', (request, _reply, done) => {
    const kinds = kindsOf(request, settings);
    if (kinds) {
      flow.note({
        from: 'browser',
        to: 'bff',
        kind: kinds.asked,
        line: `${request.method} ${pathOf(request)}`,
        fields: [...cookieNamesOf(request, cookies.ticket), ...parametersOf(request)],
      });
    }
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const kinds = kindsOf(request, settings);
    if (kinds) {
      const set = [reply.getHeader('set-cookie') ?? []].flat().map(String);
      const logins = set.filter((line) => line.startsWith(cookies.loginPrefix)).map(readCookie);
      for (const cookie of logins) if (cookie.value === '') flow.resume(cookie.name);
      flow.note({
        from: 'bff',
        to: 'browser',
        kind: kinds.answered,
        line: String(reply.statusCode),
        fields: [...locationOf(reply.getHeader('location')), ...set.map(shownCookie)],
      });
      for (const cookie of logins) if (cookie.value !== '') flow.keep(cookie.name);
      const ticket = set.find((line) => line.startsWith(`${cookies.ticket}=`));
      const fresh = tickets.read({ cookie: (ticket ?? '').split(';', 1)[0] ?? '' });
      if (fresh.kind === 'ticket') flow.belongsTo(fresh.ticket.idHash);
    }
    done(null, payload);
  });
}

function kindsOf(request: FastifyRequest, { paths }: Settings): Kinds | undefined {
  const path = pathOf(request);
  if (path === paths.login) return { asked: 'login', answered: 'login-redirect' };
  if (path.startsWith(`${paths.callback}/`)) return { asked: 'callback', answered: 'signed-in' };
  if (path === paths.logout || path === paths.logoutCallback) {
    return { asked: 'logout', answered: 'logout-redirect' };
  }
  return undefined;
}

function pathOf(request: FastifyRequest): string {
  return (request.raw.url ?? '').split('?', 1)[0] ?? '';
}

function parametersOf(request: FastifyRequest): [string, string][] {
  const query = (request.raw.url ?? '').split('?')[1] ?? '';
  return [
    ...shownParameters(new URLSearchParams(query)),
    ...shownParameters(new URLSearchParams(formText(request.body) ?? '')),
  ];
}

function cookieNamesOf(request: FastifyRequest, prefix: string): [string, string][] {
  return (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => readCookie(pair.trim()))
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, value }) => ['Cookie', `${name}=${placeholder(value)}`]);
}

function readCookie(line: string): { readonly name: string; readonly value: string } {
  const [pair = ''] = line.split(';', 1);
  const at = pair.indexOf('=');
  return { name: pair.slice(0, at), value: pair.slice(at + 1) };
}

/** With its attributes, which are what protects it. */
function shownCookie(line: string): [string, string] {
  const { name, value } = readCookie(line);
  const attributes = line.split(';').slice(1).join(';');
  return ['Set-Cookie', `${name}=${value === '' ? '' : placeholder(value)};${attributes}`];
}

function locationOf(location: unknown): [string, string][] {
  const url = typeof location === 'string' ? URL.parse(location, 'relative://') : null;
  if (!url) return [];
  const place = url.protocol === 'relative:' ? url.pathname : `${url.origin}${url.pathname}`;
  return [['Location', place], ...shownParameters(url.searchParams)];
}
