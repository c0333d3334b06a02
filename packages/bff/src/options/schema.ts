import { defaultBasePath, defaultCookieName } from '@coatcheck/protocol';
import { type Static, Type } from 'typebox';
import { accessSchema } from './access.ts';
import { durationOption } from './duration.ts';
import { certificatePairSchema } from './keys/certificate.ts';
import { clientKeysSchema } from './keys/client-keys.ts';
import { decryptionKeysSchema } from './keys/decryption-keys.ts';
import { limitsSchema } from './limits.ts';
import { providerSchema } from './provider/provider.ts';
import { claimHeadersSchema, headersSchema } from './route-headers.ts';
import { circuitBreakerSchema, healthCheckSchema, retriesSchema, upstreamSchema } from './route-upstreams.ts';
import { scopeList } from './scope-list.ts';
import { upstreamProtocolSchema } from './upstream-protocol.ts';

const strict = { additionalProperties: false } as const;

const route = Type.Object(
  {
    prefix: Type.String({
      description: 'Path prefix on our origin, for example /api.',
      pattern: '^(/[A-Za-z0-9._~-]+)+$',
    }),
    upstream: upstreamSchema,
    keepPrefix: Type.Optional(
      Type.Boolean({ description: 'Send the prefix along: /api/x stays /api/x.', default: true }),
    ),
    provider: Type.Optional(
      Type.String({ description: 'Whose access token is sent. Default: the first provider.' }),
    ),
    resource: Type.Optional(
      Type.String({ description: 'Audience of the access token (RFC 8707).', minLength: 1 }),
    ),
    access: Type.Optional(accessSchema),
    scopes: Type.Optional(scopeList('Scopes that the session must have; else 403 insufficient_scope.')),
    tokenScopes: Type.Optional(
      scopeList(
        'Ask for an access token with these scopes alone (least privilege). Default: all that were granted.',
      ),
    ),
    tokenExchange: Type.Optional(
      Type.Boolean({
        description: "Exchange the sign-in's access token for one for this resource (RFC 8693).",
        default: false,
      }),
    ),
    homeAssertion: Type.Optional(
      Type.Boolean({
        description:
          'For people whom another provider signed in: ask `provider` for the token by a short assertion about them, signed with a key of clientKeys (RFC 7523 §2.1).',
        default: false,
      }),
    ),
    session: Type.Optional(
      Type.Union([Type.Literal('required'), Type.Literal('optional'), Type.Literal('none')], {
        description: 'none: anonymous calls, never a token. optional: a token where somebody is signed in.',
        default: 'required',
      }),
    ),
    methods: Type.Optional(
      Type.Array(
        // One by one: of a list that is mapped, no type comes out.
        Type.Union([
          Type.Literal('GET'),
          Type.Literal('HEAD'),
          Type.Literal('POST'),
          Type.Literal('PUT'),
          Type.Literal('PATCH'),
          Type.Literal('DELETE'),
          Type.Literal('OPTIONS'),
        ]),
        { description: 'Methods that may pass. Default: all of these but OPTIONS.', minItems: 1 },
      ),
    ),
    encodedSlash: Type.Optional(
      Type.Union([Type.Literal('refuse'), Type.Literal('pass')], {
        description: '%2F in a path.',
        default: 'refuse',
      }),
    ),
    bodyLimit: Type.Optional(
      Type.Integer({ description: 'Largest request body in bytes.', minimum: 0, default: 10_485_760 }),
    ),
    timeout: durationOption(
      'Longest wait for the head of the answer, and between two parts of its body.',
      '30s',
    ),
    forwardHeaders: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Request headers kept although usually dropped.',
      }),
    ),
    headers: Type.Optional(headersSchema),
    claimHeaders: Type.Optional(claimHeadersSchema),
    concurrencyPerSession: Type.Optional(
      Type.Integer({
        description:
          'Calls, event streams among them, that one session may have under way on one instance; one more gets 429. Default: as many as it likes.',
        minimum: 1,
      }),
    ),
    healthCheck: Type.Optional(healthCheckSchema),
    circuitBreaker: Type.Optional(circuitBreakerSchema),
    retries: Type.Optional(retriesSchema),
    allowSetCookie: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: 'Names of upstream cookies that may pass.' }),
    ),
    responseCaching: Type.Optional(
      Type.Union([Type.Literal('no-store'), Type.Literal('upstream')], {
        description: 'upstream: keep the Cache-Control of the answer.',
        default: 'no-store',
      }),
    ),
    responseSandbox: Type.Optional(
      Type.Boolean({
        description: 'Put answers into a CSP sandbox, so that none runs on our origin.',
        default: true,
      }),
    ),
    websocket: Type.Optional(
      Type.Boolean({
        description: 'Let WebSockets through, which need GET among the methods.',
        default: false,
      }),
    ),
    websocketMessageLimit: Type.Optional(
      Type.Integer({
        description: 'Largest WebSocket message in bytes, in both directions.',
        minimum: 1,
        maximum: 104_857_600,
        default: 1_048_576,
      }),
    ),
    websocketsPerSession: Type.Optional(
      Type.Integer({
        description: 'WebSockets that one session may have open on one instance.',
        minimum: 1,
        default: 32,
      }),
    ),
    websocketTokenMessage: Type.Optional(
      Type.String({
        description:
          'Message that tells the upstream of a refreshed access token, with {token} in its place. Default: none is sent.',
        minLength: 1,
      }),
    ),
    upstreamProtocol: Type.Optional(upstreamProtocolSchema),
    ca: Type.Optional(
      Type.String({ description: 'PEM of the authority that signed the upstream certificate.' }),
    ),
    clientCertificate: Type.Optional(certificatePairSchema('this upstream')),
  },
  strict,
);

/** The options of the plugin: types, defaults and JSON Schema come from here. */
export const optionsSchema = Type.Object(
  {
    publicUrl: Type.String({ description: 'The origin that browsers see: https, or http on loopback.' }),
    basePath: Type.Optional(
      Type.String({
        description: 'Prefix of our own routes.',
        pattern: '^(/[A-Za-z0-9_-]+)+$',
        default: defaultBasePath,
      }),
    ),
    cookieName: Type.Optional(
      Type.String({
        description: 'Cookie names after their prefix.',
        pattern: '^[A-Za-z0-9_-]{1,64}$',
        default: defaultCookieName,
      }),
    ),
    keys: Type.Array(Type.String(), {
      description: 'Root keys of 32 random bytes, base64url. The first seals, all open.',
      minItems: 1,
      maxItems: 16,
    }),
    clientKeys: Type.Optional(clientKeysSchema),
    decryptionKeys: Type.Optional(decryptionKeysSchema),
    session: Type.Optional(
      Type.Object(
        {
          idleTimeout: durationOption('A session unused for so long ends.', '30m'),
          absoluteTimeout: durationOption('A session ends so long after sign-in.', '12h'),
          persistent: Type.Optional(
            Type.Boolean({
              description: 'false: the browser forgets the cookie when it closes.',
              default: true,
            }),
          ),
        },
        strict,
      ),
    ),
    store: Type.Object(
      {
        url: Type.String({
          description: 'sqlite:<path>, redis://…, rediss://…, postgres://…, or memory:',
          minLength: 1,
        }),
        outageGrace: durationOption(
          'How long cached sessions are used while the store is down. 0s: not at all, 503.',
          '0s',
        ),
      },
      strict,
    ),
    providers: Type.Array(providerSchema, {
      description: 'Who signs people in; the first is the default.',
      minItems: 1,
    }),
    routes: Type.Optional(Type.Array(route, { description: 'What is forwarded where.' })),
    guard: Type.Optional(
      Type.Object(
        {
          requireHeader: Type.Optional(
            Type.Boolean({
              description: 'Ask for X-Requested-With on every guarded call too.',
              default: false,
            }),
          ),
        },
        strict,
      ),
    ),
    diagnostics: Type.Optional(
      Type.Boolean({
        description:
          'For learning: serve what is in the tokens of a session, and the flow that brought them, to its owner. Never an encoded token.',
        default: false,
      }),
    ),
    trustedProxies: Type.Optional(
      Type.Array(Type.String(), { description: 'Addresses or CIDR ranges of the proxies in front of us.' }),
    ),
    limits: Type.Optional(limitsSchema),
  },
  strict,
);

/** The options as they are written. */
export type CoatcheckOptions = Static<typeof optionsSchema>;
export type RouteInput = NonNullable<CoatcheckOptions['routes']>[number];
