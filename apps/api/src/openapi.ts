import type { Access } from '@coatcheck/resource-server';
import swagger from '@fastify/swagger';
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifySchema } from 'fastify';

const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), detail: Type.String() }))),
});

const refusal = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: Problem } },
};

/**
 * Collects the schemas of all routes registered after it and serves them as OpenAPI 3.1. What a route needs is read
 * from its `config.access`, the same that guards it.
 */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Coatcheck demo API', version: '0.1.0' },
      components: {
        securitySchemes: {
          accessToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'A token that is bound to a DPoP key comes by the scheme DPoP, with a proof (RFC 9449).',
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const security = access === 'public' ? [] : [{ accessToken: [...(access?.scopes ?? [])] }];
      const described: FastifySchema = { ...schema, security };
      const conditions = access === 'public' ? '' : conditionsOf(access ?? {});
      if (conditions !== '') described.description = conditions;
      described.response = { ...responsesOf(schema), '4xx': refusal, '5xx': refusal };
      return { schema: described, url };
    },
  });
}

/** What OpenAPI has no field for, in words. */
function conditionsOf({ roles, acr, maxAge }: Access): string {
  const needs = [
    ...(roles ? [`the role ${roles.join(' and ')}`] : []),
    ...(acr ? [`a sign-in by ${acr.join(' or ')}`] : []),
    ...(maxAge === undefined ? [] : [`a sign-in at most ${maxAge} s ago`]),
  ];
  return needs.length === 0 ? '' : `Needs ${needs.join(' and ')}.`;
}

/** Serves the document. */
export function serveDescription(app: FastifyInstance): void {
  const schema = {
    summary: 'This document',
    response: { 200: Type.Object({}, { additionalProperties: true }) },
  };
  app.get('/openapi.json', { config: { access: 'public' }, schema }, () => app.swagger());
}

function responsesOf(schema: FastifySchema | undefined): object {
  return typeof schema?.response === 'object' && schema.response !== null ? schema.response : {};
}
