import type { DatabaseSync } from 'node:sqlite';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';

/** `GET /healthz`: whether the API answers and can read its database. It does not depend on the authorization server. */
export const healthRoute: FastifyPluginAsyncTypebox<{ database: DatabaseSync }> = async (
  app,
  { database },
) => {
  const schema = { summary: 'Is it alive', response: { 200: Type.Object({ status: Type.Literal('ok') }) } };
  app.get('/healthz', { config: { access: 'public' }, schema }, async () => {
    database.prepare('SELECT 1').get();
    return { status: 'ok' as const };
  });
};
