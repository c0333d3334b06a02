import { type Static, Type } from 'typebox';
import type { ConfigProblem } from './problems.ts';

export const upstreamProtocolSchema = Type.Union(
  [Type.Literal('http1'), Type.Literal('h2'), Type.Literal('h2c')],
  {
    description:
      'What is spoken with the upstream: HTTP/1.1, HTTP/2 over TLS (https upstreams), or HTTP/2 in clear text with prior knowledge (http upstreams). HTTP/2 only where requests have no content: bodyLimit must be 0.',
    default: 'http1',
  },
);

export type UpstreamProtocol = Static<typeof upstreamProtocolSchema>;

/** What is wrong with how routes speak with their upstreams. @param routes of any shape */
export function upstreamProtocolProblems(routes: readonly Record<string, unknown>[]): ConfigProblem[] {
  const seen = new Map<string, unknown>();
  return routes.flatMap((route, index): ConfigProblem[] => {
    const { upstreamProtocol = 'http1', websocket, upstream, bodyLimit } = route;
    const key = `routes[${index}].upstreamProtocol`;
    const upstreams = [upstream].flat().map((one) => URL.parse(String(one)));
    const scheme = { h2: 'https:', h2c: 'http:' }[String(upstreamProtocol)];
    if (scheme !== undefined && upstreams.some((one) => one !== null && one.protocol !== scheme)) {
      const other = upstreamProtocol === 'h2' ? 'h2c' : 'h2';
      return [
        {
          key,
          problem: `is ${upstreamProtocol}, but an upstream is not ${scheme.slice(0, -1)}.`,
          fix: `Write ${other}, or correct the upstream.`,
        },
      ];
    }
    if (scheme !== undefined && bodyLimit !== 0) {
      // undici 8.12 on Node 24.21: a call that ends before its content has been sent can stop the whole process in
      // native code. So no content is sent over HTTP/2 at all.
      const problem = `is ${upstreamProtocol} on a route whose requests may have content.`;
      return [{ key, problem, fix: 'Set bodyLimit to 0; give uploads a route of their own, over http1.' }];
    }
    if (upstreamProtocol === 'h2c' && websocket === true) {
      const problem = 'is h2c on a route that takes WebSockets, which are opened by HTTP/1.1.';
      return [{ key, problem, fix: 'Give WebSockets a route of their own.' }];
    }
    const origins = upstreams.flatMap((one) => (one === null ? [] : [one.origin]));
    const differs = origins.some((origin) => (seen.get(origin) ?? upstreamProtocol) !== upstreamProtocol);
    for (const origin of origins) seen.set(origin, seen.get(origin) ?? upstreamProtocol);
    if (!differs) return [];
    return [{ key, problem: 'differs from that of another route to the same upstream.', fix: 'Keep one.' }];
  });
}
