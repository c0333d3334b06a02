import { durationPattern, optionsSchema } from '@coatcheck/bff';
import { type Static, Type } from 'typebox';
import type { CertificateFiles } from './certificate-files.ts';

const strict = { additionalProperties: false } as const;

const port = (description: string, fallback: number) =>
  Type.Optional(Type.Integer({ description, minimum: 0, maximum: 65_535, default: fallback }));

/** A duration that is not zero: who waits for ever serves nobody else in the end. */
function patience(description: string, fallback: string) {
  const pattern = durationPattern.replace('^', '^(?!0+[a-z])');
  return Type.Optional(Type.String({ description, pattern, default: fallback }));
}

/** The configuration file of the standalone server: the plugin's options, and where and how to listen. */
export const configSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: 'For editors.' })),
    ...optionsSchema.properties,
    listen: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(
            Type.String({ description: 'Address or name to listen on.', default: 'localhost' }),
          ),
          port: port('Port for browsers.', 3000),
          headerTimeout: patience('Longest wait for the head of a request.', '15s'),
          requestTimeout: patience('Longest wait for a whole request, uploads included.', '5m'),
        },
        strict,
      ),
    ),
    management: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(
            Type.String({ description: 'Keep it off the public network.', default: 'localhost' }),
          ),
          port: port('Port for probes, metrics and administration.', 3001),
        },
        strict,
      ),
    ),
    workers: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 1_024 }), Type.Literal('auto')], {
        description:
          'Processes that serve on listen.port; auto: one per core. More than one need a store that they share.',
        default: 1,
      }),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          cert: Type.String({
            description: 'PEM file of the certificate chain; read again when it changes.',
          }),
          key: Type.String({ description: 'PEM file of the private key; read again when it changes.' }),
          http2: Type.Optional(
            Type.Boolean({ description: 'Offer HTTP/2 beside HTTP/1.1 (ALPN).', default: true }),
          ),
        },
        strict,
      ),
    ),
    spa: Type.Optional(
      Type.Object(
        {
          directory: Type.Optional(Type.String({ description: 'Build of the single-page app.' })),
          devServer: Type.Optional(
            Type.String({ description: 'URL of a development server, instead of a build.' }),
          ),
        },
        strict,
      ),
    ),
    log: Type.Optional(
      Type.Object(
        {
          level: Type.Optional(
            Type.Union(
              (['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map((one) =>
                Type.Literal(one),
              ),
              {
                description: 'Least important level to write.',
                default: 'info',
              },
            ),
          ),
          requests: Type.Optional(Type.Boolean({ description: 'Write a line per request.', default: true })),
        },
        strict,
      ),
    ),
    shutdown: Type.Optional(
      Type.Object(
        {
          delay: Type.Optional(
            Type.String({
              description: 'How long to serve on after readiness turned false, for load balancers to notice.',
              pattern: durationPattern,
              default: '0s',
            }),
          ),
          grace: Type.Optional(
            Type.String({
              description: 'Longest wait for requests under way.',
              pattern: durationPattern,
              default: '20s',
            }),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** A configuration that was checked. */
export type Config = Static<typeof configSchema> & {
  /** Where client certificates came from, to be read again when they change. Not written by anybody. */
  readonly certificateFiles?: readonly CertificateFiles[];
};
