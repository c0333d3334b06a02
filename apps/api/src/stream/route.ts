import { Readable } from 'node:stream';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { nextAfter, ticks } from './ticks.ts';

const querystring = Type.Object({
  interval: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 60_000, description: 'Milliseconds. Default: 1000' }),
  ),
});

/** `GET /api/stream`: server-sent events until the client leaves, its token expires or the server stops. */
export const streamRoute: FastifyPluginAsyncTypebox<{ clock: () => number }> = async (app, { clock }) => {
  const open = new Set<AbortController>();
  // A server waits for its answers to end before it stops, and these would not.
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort();
  });

  app.get(
    '/api/stream',
    {
      schema: { summary: 'One event per second', querystring, produces: ['text/event-stream'] },
      exposeHeadRoute: false, // Fastify would read the stream to its end, which is far off
    },
    async ({ principal, query: { interval = 1000 }, headers }, reply) => {
      const ended = new AbortController();
      open.add(ended);
      const events = Readable.from(
        ticks({
          subject: principal.subject,
          first: nextAfter(headers['last-event-id']),
          interval,
          until: principal.claims.exp * 1000,
          clock,
          signal: ended.signal,
        }),
      ).once('close', () => {
        open.delete(ended);
        ended.abort();
      });
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('x-accel-buffering', 'no') // proxies: pass each event on as it comes
        .send(events);
    },
  );
};
