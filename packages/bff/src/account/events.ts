import type { SessionEvent } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../options/settings.ts';
import { CoatcheckError } from '../problems/registry.ts';
import { createLookout } from '../session/lookout.ts';
import type { Loaded, Session } from '../session/session.ts';
import { securityHeaders } from '../web/security-headers.ts';
import { eventStreamHeaders, type Streams } from '../web/streams.ts';
import { scopesOf } from './scopes.ts';
import { type AccountParts, sessionOf } from './session.ts';
import { viewOf } from './session-view.ts';

const heartbeat = 15_000;
/** When to warn before an end; a tenth of the idle time where that is shorter. Milliseconds. */
const warning = 60_000;
const reconnectAfter = 2_000;

export interface EventsParts extends AccountParts {
  readonly streams: Streams;
}

/**
 * `GET /bff/events`: tells a browser what happens to its session (server-sent events). Listening is no use of the
 * session. Without one: 204, which stops an EventSource.
 */
export async function streamEvents(
  parts: EventsParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // 204 stops an EventSource. Why the session ended is for /bff/session to tell, so the ticket stays.
  const here = await sessionOf(parts, request);
  if (here.kind === 'none') return reply.code(204).send();
  const headers = { ...securityHeaders(parts.settings.strictTransport), ...reply.getHeaders() };
  const stream = parts.streams.open();
  if (!stream) throw new CoatcheckError({ code: 'too_many_streams', retryAfter: 5 });
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, eventStreamHeaders);
  raw.write(`retry: ${reconnectAfter}\n\n`);

  let session: Session = here.session;
  let number = Number(request.headers['last-event-id'] ?? 0) || 0;
  let warned = false;
  let due: NodeJS.Timeout | undefined;

  const say = (event: SessionEvent) => {
    if (raw.writableEnded) return;
    number += 1;
    raw.write(`id: ${number}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const view = () => viewOf(parts.settings, session, parts.now());
  const finish = (event?: SessionEvent) => {
    if (event) say(event);
    raw.end();
  };
  /** What brings the news may be a look or a use of the session, whichever is first. */
  const adopt = (current: Session) => {
    const before = session;
    session =
      current.version < session.version ? { ...session, idleExpiresAt: current.idleExpiresAt } : current;
    if (saysOf(parts.settings, session) !== saysOf(parts.settings, before))
      say({ type: 'claims-changed', session: view() });
  };
  /** Times are judged by the record, never by what is remembered here: another instance may have moved them. */
  const seen = (current: Loaded) => {
    if (current.kind === 'none')
      return finish({ type: current.reason === 'replaced' ? 'replaced' : 'ended', reason: current.reason });
    const before = session;
    adopt(current.session);
    if (session.idleExpiresAt > before.idleExpiresAt) {
      warned = false;
      say({ type: 'extended', session: view() });
    } else if (!warned && nextEnd() - parts.now() <= warningBefore()) {
      warned = true;
      say({ type: 'about-to-expire', session: view() });
    }
    plan();
  };
  const lookout = createLookout(() => parts.sessions.reload(session), seen);
  const nextEnd = () => Math.min(session.idleExpiresAt, session.record.expiresAt);
  const warningBefore = () => Math.min(warning, parts.settings.session.idle / 10);
  const plan = () => {
    clearTimeout(due);
    const left = nextEnd() - parts.now();
    const until = warned ? left : left - warningBefore();
    due = setTimeout(lookout.look, Math.min(Math.max(50, until + 5), 2 ** 31 - 1));
  };

  const beat = setInterval(() => raw.write(':\n\n'), heartbeat);
  const unfollow = parts.sessions.notices.follow(session.id, (notice) => {
    if (notice.kind !== 'extended') {
      lookout.look();
      return;
    }
    adopt(notice.session);
    warned = false;
    say({ type: 'extended', session: view() });
    plan();
  });
  raw.on('close', () => {
    clearTimeout(due);
    clearInterval(beat);
    lookout.close();
    unfollow();
    stream.closed();
  });
  stream.onStop(() => finish({ type: 'reconnect' }));
  say({ type: 'session', session: view() });
  // It may have ended between the first look and the moment from which it is followed.
  lookout.look();
  return reply;
}

/** What is known of the person, and what they may, for comparing. */
function saysOf(settings: Settings, { record }: Session): string {
  const { user, roles, grants } = record;
  return JSON.stringify([user, roles, Object.keys(grants), scopesOf(settings, record)]);
}
