import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';

const Me = Type.Object({
  issuer: Type.String(),
  subject: Type.String(),
  clientId: Type.Union([Type.String(), Type.Null()]),
  tokenType: Type.Union([Type.Literal('Bearer'), Type.Literal('DPoP')]),
  scopes: Type.Array(Type.String()),
  roles: Type.Array(Type.String()),
  expiresAt: Type.String({ description: 'ISO 8601' }),
  expiresIn: Type.Integer({ description: 'Seconds' }),
  claims: Type.Record(Type.String(), Type.Unknown()),
});

/** `GET /api/me`: what the API saw of the caller, so that the demo can show it. Claims only, never the token. */
export const meRoute: FastifyPluginAsyncTypebox<{ clock: () => number }> = async (app, { clock }) => {
  const schema = { summary: 'What the API saw of the caller', response: { 200: Me } };
  app.get('/api/me', { schema }, async ({ principal }) => {
    const { issuer, subject, clientId = null, tokenType, scopes, roles, claims } = principal;
    return {
      issuer,
      subject,
      clientId,
      tokenType,
      scopes: [...scopes],
      roles: [...roles],
      expiresAt: new Date(claims.exp * 1000).toISOString(),
      expiresIn: Math.max(0, Math.floor(claims.exp - clock() / 1000)),
      claims: { ...claims },
    };
  });
};
