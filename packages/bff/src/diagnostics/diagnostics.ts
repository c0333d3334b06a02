import type { DiagnosticsView } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AccountParts, sessionHere } from '../account/session.ts';
import type { Flow } from '../observe/flow.ts';
import { sendProblem } from '../problems/answer.ts';
import { CoatcheckError } from '../problems/registry.ts';
import type { Provider } from '../provider/provider.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Session } from '../session/session.ts';
import { securityHeaders } from '../web/security-headers.ts';
import { eventStreamHeaders, type Streams } from '../web/streams.ts';
import { heldTokens } from './held-tokens.ts';

export interface DiagnosticsParts extends AccountParts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly sessions: SessionManager;
  readonly streams: Streams;
}

/**
 * `GET /bff/diagnostics`, off unless configured: what the server holds for this session and how it came there, for
 * learning. Never an encoded token or a signature. As an event stream where that is asked for: `flow` for each further
 * step, `tokens` whenever they changed. It counts as no use of the session.
 */
export async function showDiagnostics(
  parts: DiagnosticsParts,
  flow: Flow,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<DiagnosticsView | FastifyReply> {
  const here = await sessionHere(parts, request, reply);
  if (here.kind === 'none')
    return sendProblem(request, reply, { code: 'session_required', reason: here.reason });
  const { session } = here;
  if (request.headers.accept?.includes('text/event-stream')) return stream(parts, flow, session, reply);
  return { tokens: await heldTokens(session, parts.providers), flow: [...flow.of(session.id)] };
}

function stream(parts: DiagnosticsParts, flow: Flow, session: Session, reply: FastifyReply): FastifyReply {
  const open = parts.streams.open();
  if (!open) throw new CoatcheckError({ code: 'too_many_streams', retryAfter: 5 });
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(securityHeaders(parts.settings.strictTransport)))
    raw.setHeader(name, value);
  raw.writeHead(200, eventStreamHeaders);
  const say = (event: string, data: unknown) => {
    if (!raw.writableEnded) raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const tellTokens = async () => {
    const current = await parts.sessions.reload(session).catch(() => undefined);
    if (current?.kind === 'active') say('tokens', await heldTokens(current.session, parts.providers));
    else if (current) raw.end();
  };
  for (const step of flow.of(session.id)) say('flow', step);
  const stopFlow = flow.follow(session.id, (step) => say('flow', step));
  const stopNotices = parts.sessions.notices.follow(session.id, () => void tellTokens());
  void tellTokens();
  open.onStop(() => raw.end());
  raw.on('close', () => {
    stopFlow();
    stopNotices();
    open.closed();
  });
  return reply;
}
