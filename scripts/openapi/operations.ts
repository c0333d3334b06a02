import type { ProblemCode } from '../../packages/protocol/src/index.ts';
import { managementPaths, pathsUnder } from '../../packages/protocol/src/index.ts';
import { problems, schemaRef } from './schemas.ts';

const paths = pathsUnder();
const providerParameter = parameter('provider', 'Id of a configured provider.', 'path');
const guarded = [{ ticket: [] }];
const anybody: readonly never[] = [];
/** What any route can answer. */
const always = ['malformed_request', 'unknown_host', 'rate_limited', 'overloaded', 'internal_error'] as const;

function parameter(
  name: string,
  description: string,
  where: 'query' | 'path' = 'query',
  required = where === 'path',
) {
  return { name, in: where, description, required, schema: { type: 'string' } };
}

function json(description: string, name: Parameters<typeof schemaRef>[0], list = false) {
  const schema = list ? { type: 'array', items: schemaRef(name) } : schemaRef(name);
  return { description, content: { 'application/json': { schema } } };
}

function operation(
  summary: string,
  security: readonly object[],
  responses: Readonly<Record<string, object>>,
  codes: readonly ProblemCode[] = [],
  more: {
    readonly parameters?: readonly object[];
    readonly requestBody?: object;
    readonly description?: string;
  } = {},
) {
  const guards: readonly ProblemCode[] =
    security.length > 0 ? ['cross_site_request', 'store_unavailable'] : [];
  return {
    summary,
    security,
    ...more,
    responses: { ...responses, ...problems(...new Set([...codes, ...guards, ...always])) },
  };
}

const redirect = {
  description: 'To where the browser goes on.',
  headers: { Location: { schema: { type: 'string' } } },
};
const empty = { description: 'Done; nothing to say.' };

const signInFailures = [
  'unknown_login',
  'login_already_used',
  'login_expired',
  'issuer_mismatch',
  'invalid_callback',
  'access_denied',
  'login_required',
  'interaction_required',
  'provider_error',
  'provider_busy',
  'provider_unavailable',
  'provider_misconfigured',
  'provider_response_invalid',
  'id_token_invalid',
  'missing_scope',
  'step_up_failed',
  'identity_mismatch',
  'session_changed',
  'signed_out_meanwhile',
  'not_allowed',
  'store_unavailable',
] as const;

const callback = operation('End a sign-in', anybody, { 303: redirect }, signInFailures, {
  parameters: [providerParameter],
});
const initiate = operation(
  'A sign-in that somebody else starts (OpenID Connect Core §4)',
  anybody,
  { 302: redirect },
  ['invalid_parameter', 'login_loop', 'provider_unavailable'],
  {
    parameters: [
      parameter('iss', 'A configured issuer.', 'query', true),
      parameter('target_link_uri', 'Absolute URL on this origin.'),
      parameter('login_hint', 'Passed on.'),
    ],
  },
);

/** The BFF's own routes, in the order in which a person meets them. */
export const ownOperations = {
  [paths.providers]: {
    get: operation('Providers to sign in with', anybody, { 200: json('The list.', 'Provider', true) }),
  },
  [paths.jwks]: {
    get: operation('Public keys of the client (RFC 7517)', anybody, {
      200: {
        description: 'A JWK set.',
        content: { 'application/jwk-set+json': { schema: { type: 'object' } } },
      },
    }),
  },
  [paths.login]: {
    get: operation(
      'Start a sign-in',
      anybody,
      { 302: redirect },
      [
        'navigation_required',
        'invalid_return_to',
        'invalid_parameter',
        'unknown_provider',
        'login_loop',
        'provider_unavailable',
        'provider_misconfigured',
        'store_unavailable',
      ],
      {
        description: 'To be navigated to, never fetched.',
        parameters: [
          parameter('return_to', 'Path on this origin, at most 1,024 bytes.'),
          parameter('provider', 'Id of a configured provider.'),
          parameter('on_error', '`return`: come back with login_error instead of showing a page.'),
          ...['prompt', 'login_hint', 'ui_locales', 'acr_values', 'max_age'].map((name) =>
            parameter(name, 'Passed on to the provider.'),
          ),
          parameter('consent', 'Name of a configured set of scopes.'),
          parameter('organization', 'Whose people shall sign in.'),
        ],
      },
    ),
  },
  [paths.initiateLogin]: { get: initiate, post: initiate },
  [`${paths.callback}/{provider}`]: {
    get: callback,
    post: { ...callback, summary: 'End a sign-in, with `responseMode: form_post`' },
  },
  [paths.callbackDone]: {
    get: operation('Where a sign-in in a popup ends', anybody, {
      200: { description: 'A page that tells the other tabs and closes.', content: { 'text/html': {} } },
    }),
  },
  [paths.callbackDoneScript]: {
    get: operation('Script of that page', anybody, {
      200: { description: 'The script.', content: { 'text/javascript': {} } },
    }),
  },
  [`${paths.connections}/{provider}`]: {
    post: operation(
      'Connect an account of another provider',
      guarded,
      { 200: json('Navigate there.', 'Redirect') },
      [
        'session_required',
        'unknown_provider',
        'invalid_parameter',
        'invalid_return_to',
        'provider_unavailable',
        'provider_misconfigured',
      ],
      {
        parameters: [providerParameter],
        requestBody: {
          content: {
            'application/json': { schema: { type: 'object', properties: { return_to: { type: 'string' } } } },
          },
        },
      },
    ),
    delete: operation(
      'Take an account out',
      guarded,
      { 204: empty },
      ['session_required', 'unknown_provider', 'invalid_parameter'],
      { parameters: [providerParameter] },
    ),
  },
  [paths.session]: {
    get: operation('Who is signed in', guarded, { 200: json('Always, also when nobody is.', 'Session') }),
  },
  [paths.extend]: {
    post: operation('Stay signed in', guarded, { 200: json('The session.', 'SignedIn') }, [
      'session_required',
    ]),
  },
  [paths.logout]: {
    post: operation(
      'Sign out',
      guarded,
      { 200: json('Navigate there, if anywhere.', 'Redirect'), 303: redirect },
      ['invalid_parameter', 'unsupported_media_type', 'payload_too_large'],
      {
        requestBody: {
          content: {
            'application/json': { schema: schemaRef('LogoutRequest') },
            'application/x-www-form-urlencoded': { schema: schemaRef('LogoutRequest') },
          },
        },
      },
    ),
  },
  [paths.logoutCallback]: {
    get: operation(
      'Where the provider sends the browser back',
      anybody,
      { 200: { description: 'A neutral page.' }, 303: redirect },
      [],
      { parameters: [parameter('state', 'Of the sign-out that this browser began.')] },
    ),
  },
  [paths.sessions]: {
    get: operation("The person's sessions", guarded, { 200: json('All of them.', 'DeviceSession', true) }, [
      'session_required',
    ]),
    delete: operation(
      'End all others',
      guarded,
      {
        200: {
          description: 'How many ended.',
          content: {
            'application/json': {
              schema: { type: 'object', properties: { ended: { type: 'integer' } }, required: ['ended'] },
            },
          },
        },
      },
      ['session_required', 'invalid_parameter'],
      { parameters: [parameter('others', '`1`', 'query', true)] },
    ),
  },
  [`${paths.sessions}/{id}`]: {
    delete: operation('End one', guarded, { 204: empty }, ['session_required', 'not_found'], {
      parameters: [parameter('id', 'As in the list.', 'path')],
    }),
  },
  [paths.events]: {
    get: operation(
      'What happens to the session, as it happens',
      guarded,
      {
        200: {
          description: 'Server-sent events; the data of each is a SessionEvent.',
          content: { 'text/event-stream': { schema: schemaRef('SessionEvent') } },
        },
        204: { description: 'Nobody is signed in.' },
      },
      ['too_many_streams'],
    ),
  },
  [paths.diagnostics]: {
    get: operation(
      'What is in the tokens, without them',
      guarded,
      { 200: json('Only where `diagnostics` is configured.', 'Diagnostics') },
      ['session_required', 'not_found'],
    ),
  },
  [`${paths.backchannelLogout}/{provider}`]: {
    post: operation(
      'OpenID back-channel logout',
      anybody,
      { 200: empty },
      ['invalid_logout_token', 'provider_unavailable', 'store_unavailable'],
      {
        parameters: [providerParameter],
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                properties: { logout_token: { type: 'string' } },
                required: ['logout_token'],
              },
            },
          },
        },
      },
    ),
  },
  [paths.frontchannelLogout]: {
    get: operation(
      'OpenID front-channel logout',
      anybody,
      { 200: { description: 'An empty page, the only one that a provider may frame.' } },
      ['invalid_parameter', 'store_unavailable'],
      { parameters: [parameter('iss', 'Issuer.'), parameter('sid', 'Session at the provider.')] },
    ),
  },
};

/** What the proxy itself can answer for a call of a configured prefix; `/api` stands for it. */
const proxyCodes = [
  'session_required',
  'step_up_required',
  'step_up_failed',
  'insufficient_scope',
  'connection_required',
  'not_allowed',
  'token_denied',
  'service_worker_refused',
  'websocket_refused',
  'ambiguous_path',
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'payload_too_large',
  'uri_too_long',
  'headers_too_large',
  'too_many_websockets',
  'too_many_calls',
  'upstream_unreachable',
  'upstream_invalid',
  'upstream_timeout',
  'refresh_unavailable',
  'store_unavailable',
  'retry_with_nonce',
  'too_many_streams',
] as const;

const forwarded = operation(
  'A call of an API, by a configured route',
  guarded,
  { default: { description: "The API's own answer." } },
  proxyCodes,
  { parameters: [parameter('path', 'What follows the prefix.', 'path')] },
);

export const proxyOperations = {
  '/api/{path}': { get: forwarded, post: forwarded, put: forwarded, patch: forwarded, delete: forwarded },
};

const management = [{ url: 'http://localhost:3001', description: 'The management port, never public.' }];
const health = (summary: string) => ({
  servers: management,
  get: { summary, security: anybody, responses: { 200: empty, 503: { description: 'Not now.' } } },
});

export const managementOperations = {
  [managementPaths.live]: health('Does the process live'),
  [managementPaths.ready]: health('Shall it get traffic'),
  [managementPaths.metrics]: health('Metrics for Prometheus'),
  [managementPaths.subjectSessions]: {
    servers: management,
    delete: {
      summary: 'End all sessions of a person',
      security: anybody,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { issuer: { type: 'string' }, subject: { type: 'string' } },
              required: ['issuer', 'subject'],
            },
          },
        },
      },
      responses: { 200: { description: 'How many ended.' }, 400: { description: 'Who?' } },
    },
  },
};
