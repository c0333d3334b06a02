import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { sendProblem } from '../../problems/answer.ts';
import type { AccessToken } from '../../session/record.ts';
import { type Call, responseContext } from '../admission.ts';
import { responseHeaders } from '../response-headers.ts';
import type { Origin } from '../upstream/origins.ts';

/**
 * Relays what an upstream said instead of accepting a handshake, by the rules for any answer; the connection ends with
 * it.
 */
export async function relayAnswer(
  call: Call,
  origin: Origin,
  response: IncomingMessage,
  token: AccessToken | undefined,
): Promise<void> {
  const { request, reply, route } = call;
  const { statusCode = 0, rawHeaders } = response;
  const head = responseHeaders(statusCode, rawHeaders, route.rules, responseContext(call, origin, token));
  if (head.kind !== 'ok') {
    response.destroy();
    sendProblem(request, reply, { code: 'upstream_invalid', privateDetail: head.detail });
    return;
  }
  if (head.tokenEchoed) {
    request.log.warn({ event: 'token.echoed' }, 'the upstream sent the access token back in a header');
  }
  reply.hijack();
  reply.raw.writeHead(statusCode, head.headers);
  const inTime = AbortSignal.timeout(route.settings.timeout);
  await pipeline(response, reply.raw, { signal: inTime }).catch((error: unknown) => {
    request.log.debug({ err: error }, 'exchange aborted');
    reply.raw.destroy();
  });
}
