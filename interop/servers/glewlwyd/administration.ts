import { type ClientWanted, credentials } from '../server.ts';

/** The name of its plugin: part of the issuer. */
export const plugin = 'oidc';

/** Members of a JSON object. */
type Members = Readonly<Record<string, unknown>>;

/** Its administration API, as whoever knows the first password that its database is made with. */
export interface Administration {
  /** Adds the OpenID plugin, the client and the person. */
  setUp(issuer: string, client: ClientWanted, keys: string, tokenLife: number): Promise<void>;
  /** Signs with other keys from now on. */
  setKeys(keys: string): Promise<void>;
}

/** @param origin where it listens */
export async function openAdministration(origin: string): Promise<Administration> {
  const signIn = await fetch(`${origin}/api/auth/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'password' }),
  });
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

  async function ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Members> {
    const answer = await fetch(`${origin}/api${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Glewlwyd: ${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : membersOf(JSON.parse(text));
  }

  /** Its sign-out looks for a property of clients that its first database does not store. */
  async function storeRedirectsOfSignOut(): Promise<void> {
    const module = await ask('GET', '/mod/client/database');
    const parameters = membersOf(module.parameters);
    const format = {
      ...membersOf(parameters['data-format']),
      post_logout_redirect_uris: { multiple: true, read: true, write: true },
    };
    await ask('PUT', '/mod/client/database', {
      ...module,
      parameters: { ...parameters, 'data-format': format },
    });
    await ask('PUT', '/mod/client/database/reset/');
  }

  return {
    async setUp(issuer, client, keys, tokenLife) {
      await storeRedirectsOfSignOut();
      await ask('POST', '/mod/plugin/', {
        module: 'oidc',
        name: plugin,
        display_name: 'OpenID Connect',
        enabled: true,
        parameters: pluginParameters(issuer, keys, tokenLife),
      });
      await ask('POST', '/user/', {
        username: credentials.login,
        name: 'Alice',
        email: credentials.login,
        password: credentials.password,
        enabled: true,
        scope: ['openid', 'g_profile'],
      });
      await ask('POST', '/client/', {
        client_id: client.id,
        name: 'Coatcheck',
        enabled: true,
        confidential: true,
        client_secret: client.secret,
        token_endpoint_auth_method: ['client_secret_post', 'client_secret_basic'],
        authorization_type: ['code', 'refresh_token'],
        scope: [],
        redirect_uri: [client.redirectUri],
        post_logout_redirect_uris: [client.postLogoutRedirectUri],
        backchannel_logout_uri: client.backchannelLogoutUri,
      });
    },
    async setKeys(keys) {
      const known = await ask('GET', `/mod/plugin/${plugin}`);
      const parameters = { ...membersOf(known.parameters), 'jwks-private': keys };
      await ask('PUT', `/mod/plugin/${plugin}`, { ...known, parameters });
      await ask('PUT', `/mod/plugin/${plugin}/reset/`);
    },
  };
}

function pluginParameters(issuer: string, keys: string, tokenLife: number): Members {
  return {
    iss: issuer,
    'jwt-type': 'rsa',
    'jwt-key-size': '256',
    'jwks-private': keys,
    'jwks-show': true,
    'subject-type': 'public',
    'name-claim': 'mandatory',
    'email-claim': 'mandatory',
    'access-token-duration': tokenLife,
    'refresh-token-duration': 86_400,
    'refresh-token-rolling': true,
    'refresh-token-one-use': 'always',
    'code-duration': 600,
    'allow-non-oidc': false,
    'auth-type-code-enabled': true,
    'auth-type-code-revoke-replayed': true,
    'auth-type-token-enabled': false,
    'auth-type-id-token-enabled': true,
    'auth-type-password-enabled': false,
    'auth-type-client-enabled': false,
    'auth-type-device-enabled': false,
    'auth-type-refresh-enabled': true,
    'pkce-allowed': true,
    'pkce-required': true,
    'pkce-method-plain-allowed': false,
    'introspection-revocation-allowed': true,
    'introspection-revocation-allow-target-client': true,
    'session-management-allowed': true,
    'session-cookie-name': sessionCookie,
    'session-cookie-expiration': 86_400,
    'front-channel-logout-allowed': false,
    'back-channel-logout-allowed': true,
    'oauth-par-allowed': true,
    'oauth-par-required': false,
    'oauth-par-request_uri-prefix': 'urn:ietf:params:oauth:request_uri:',
    'oauth-par-duration': 90,
    'request-parameter-allow': false,
  };
}

/** Holds the `sid` of a person's session. */
export const sessionCookie = 'GLEWLWYD2_OIDC_SID';

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
