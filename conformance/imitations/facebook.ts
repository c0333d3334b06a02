import { createHmac } from 'node:crypto';
import { type AuthorizationServer, answerOf, jsonAnswer, type RecordedRequest } from '@coatcheck/testing';
import type { ProviderWanted } from '../adapters/adapter.ts';
import { membersOf } from './answers.ts';

/** How Facebook behaves at the moment; change a member at any time. */
export interface Facebook {
  user: Record<string, unknown>;
  /** What `debug_token` says of any token, over what is true. */
  said: Record<string, unknown>;
  /** Errors of the token endpoint in its own form, each sent once. */
  readonly errors: { status: number; code: number }[];
  /** Long tokens by the short ones that they were given for. */
  readonly exchanged: Map<string, string>;
}

export const version = 'v24.0';
const longLife = 5_184_000;

/** Its error object (Meta, "Handling Errors"). */
export function graphError(code: number, type = 'OAuthException'): Record<string, unknown> {
  return { error: { message: `something about ${code}`, type, code, fbtrace_id: 'A1b2C3' } };
}

/** HMAC-SHA256 of a token by the app's secret (Meta, "Securing Graph API Requests"). */
export function proofOf(as: AuthorizationServer, token: string): string {
  return createHmac('sha256', as.client.clientSecret).update(token).digest('hex');
}

/** Makes the scriptable server answer as Facebook does (Meta, "Manually Build a Login Flow"). */
export function imitateFacebook(as: AuthorizationServer): Facebook {
  const facebook: Facebook = {
    user: {
      id: '10211234567890123',
      name: 'Fay Face',
      first_name: 'Fay',
      last_name: 'Face',
      email: 'fay@face.test',
      picture: { data: { url: 'https://a.test/f', width: 50 } },
    },
    said: {},
    errors: [],
    exchanged: new Map(),
  };
  Object.assign(as.settings, { refreshTokens: 'none', accessTokenFormat: 'opaque', issParameter: false });
  as.on('token', 'always', async ({ request }, next) => {
    const error = facebook.errors.shift();
    if (error) return jsonAnswer(graphError(error.code), error.status);
    if (request.form.get('grant_type') === 'fb_exchange_token') return exchange(as, facebook, request);
    const answer = await answerOf(next);
    const members = membersOf(answer);
    if (members.error !== undefined) return jsonAnswer(graphError(100), 400);
    const { access_token } = members;
    return jsonAnswer({ access_token, token_type: 'bearer', expires_in: 5_400, id_token: members.id_token });
  });
  as.on('unknown', 'always', ({ request }, next) => {
    if (request.path === `/${version}/debug_token`) return debugToken(as, facebook, request);
    if (request.path === `/${version}/me`) return me(as, facebook, request);
    if (request.path === `/${version}/me/permissions`) return jsonAnswer({ success: true });
    return next();
  });
  return facebook;
}

function exchange(as: AuthorizationServer, { exchanged }: Facebook, { form }: RecordedRequest) {
  const short = form.get('fb_exchange_token') ?? '';
  const isClient = form.get('client_secret') === as.client.clientSecret;
  if (!isClient || !as.isActive(short)) return jsonAnswer(graphError(190), 400);
  const access_token = `long-${short}`;
  exchanged.set(short, access_token);
  return jsonAnswer({ access_token, token_type: 'bearer', expires_in: longLife });
}

function debugToken(as: AuthorizationServer, facebook: Facebook, { headers, query }: RecordedRequest) {
  const { clientId, clientSecret } = as.client;
  if (headers.authorization !== `Bearer ${clientId}|${clientSecret}`) return jsonAnswer(graphError(190), 400);
  const data = { app_id: clientId, is_valid: as.isActive(query.get('input_token') ?? ''), ...facebook.said };
  return jsonAnswer({ data: { user_id: facebook.user.id, ...data } });
}

function me(as: AuthorizationServer, { user }: Facebook, { headers, query }: RecordedRequest) {
  const token = (headers.authorization ?? '').replace(/^Bearer /, '');
  if (query.get('appsecret_proof') !== proofOf(as, token)) return jsonAnswer(graphError(100), 400);
  const fields = query.get('fields')?.split(',') ?? [];
  return jsonAnswer(Object.fromEntries(Object.entries(user).filter(([name]) => fields.includes(name))));
}

/** A provider that the BFF takes for Facebook. */
export function facebookAt(
  as: AuthorizationServer,
  config: Record<string, unknown> = {},
): Partial<ProviderWanted> {
  return {
    id: 'facebook',
    config: {
      profile: 'facebook',
      issuer: undefined,
      endpoints: {
        web: as.issuer,
        api: as.issuer,
        version,
        authorization: `${as.issuer}/authorize`,
        token: `${as.issuer}/token`,
      },
      ...config,
    },
  };
}
