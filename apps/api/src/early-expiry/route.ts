import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { EarlyExpiry } from './early-expiry.ts';

/** `POST /api/demo/expire-token`: the token that comes with the call is good for no other. */
export const earlyExpiryRoute: FastifyPluginAsyncTypebox<{ expiry: EarlyExpiry }> = async (
  app,
  { expiry },
) => {
  const schema = { summary: 'Take this token for expired from now on', response: { 204: Type.Null() } };
  app.post('/api/demo/expire-token', { schema }, async ({ principal }, reply) => {
    expiry.expire(principal.claims);
    return reply.code(204).send(null);
  });
};
