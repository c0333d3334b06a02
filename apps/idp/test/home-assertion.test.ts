import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { Idp } from '../src/app.ts';
import { send } from './http.ts';
import { apiAudience, asClient, errorOf, readJwt, signIn } from './relying-party.ts';
import { start } from './start.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const github = { format: 'iss_sub', iss: 'https://github.com', sub: '583231' };

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: Record<string, unknown>;
}

function newKey(kid: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } };
}

function nameOf({ iss, sub }: { iss: string; sub: string }): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
  return `federated:${hash}`;
}

/** An assertion as the BFF makes it, with changes to its claims and its header. */
function assertion(
  idp: Idp,
  key: Key,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: idp.clientId,
    aud: idp.issuer,
    sub: nameOf(github),
    sub_id: github,
    auth_time: now - 60,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    name: 'Octo Cat',
    email: 'octo@example.test',
    email_verified: true,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'home-assertion+jwt', ...header })
    .sign(key.privateKey);
}

function present(idp: Idp, jwt: string, changes: Record<string, string> = {}) {
  return asClient(idp, '/token', {
    grant_type: grantType,
    assertion: jwt,
    resource: apiAudience,
    ...changes,
  });
}

/** A BFF that publishes its keys. */
async function publishing(keys: Key[]): Promise<{ publicUrl: string; asked: () => number; close(): void }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (request.url !== '/bff/jwks') response.statusCode = 404;
    response.setHeader('content-type', 'application/jwk-set+json');
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { publicUrl: `http://127.0.0.1:${port}`, asked: () => asked, close };
}

async function home(): Promise<{ idp: Idp; key: Key }> {
  const key = newKey('first');
  const { publicUrl } = await publishing([key]);
  return { idp: await start({ publicUrl }), key };
}

test('an assertion by a key of the client gives an access token for the API, and nothing else', async () => {
  const { idp, key } = await home();
  const answer = await present(idp, await assertion(idp, key));
  expect(answer.status).toBe(200);
  const body = JSON.parse(answer.body);
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'notes:read notes:write',
  });
  const { header, claims } = await readJwt(idp, body.access_token);
  expect(header.typ).toBe('at+jwt');
  expect(claims).toMatchObject({
    iss: idp.issuer,
    aud: apiAudience,
    sub: nameOf(github),
    client_id: 'coatcheck',
    scope: 'notes:read notes:write',
    roles: ['user'],
    name: 'Octo Cat',
    email: 'octo@example.test',
    sub_id: github,
    auth_time: expect.any(Number),
  });
  expect(claims.exp - claims.iat).toBe(300);
});

test('the person has the same sub every time, and another one at another provider', async () => {
  const { idp, key } = await home();
  const subOf = async (claims: Record<string, unknown>) => {
    const { body } = await present(idp, await assertion(idp, key, claims));
    return (await readJwt(idp, JSON.parse(body).access_token)).claims.sub;
  };
  const facebook = { ...github, iss: 'https://www.facebook.com' };
  expect(await subOf({})).toBe(await subOf({ auth_time: 1 }));
  expect(await subOf({ sub: nameOf(facebook), sub_id: facebook })).toBe(nameOf(facebook));
  expect(nameOf(facebook)).not.toBe(nameOf(github));
});

test('an e-mail address that the other provider did not verify is left out', async () => {
  const { idp, key } = await home();
  const { body } = await present(idp, await assertion(idp, key, { email_verified: false }));
  expect((await readJwt(idp, JSON.parse(body).access_token)).claims.email).toBeUndefined();
});

test('without a resource it is the API; another resource is refused', async () => {
  const { idp, key } = await home();
  const plain = await asClient(idp, '/token', {
    grant_type: grantType,
    assertion: await assertion(idp, key),
    scope: 'notes:read',
  });
  const { claims } = await readJwt(idp, JSON.parse(plain.body).access_token);
  expect(claims).toMatchObject({ aud: apiAudience, scope: 'notes:read' });
  const other = await present(idp, await assertion(idp, key), { resource: 'urn:other' });
  expect(errorOf(other)).toBe('invalid_target');
});

test.each(['admin', 'openid', 'notes:read offline_access'])('the scope %s is refused', async (scope) => {
  const { idp, key } = await home();
  expect(errorOf(await present(idp, await assertion(idp, key), { scope }))).toBe('invalid_scope');
});

test('an assertion works once, also when two come at the same time', async () => {
  const { idp, key } = await home();
  const jwt = await assertion(idp, key);
  const both = await Promise.all([present(idp, jwt), present(idp, jwt)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect(errorOf(await present(idp, jwt))).toBe('invalid_grant');
});

test('a client that does not authenticate gets nothing for an assertion', async () => {
  const { idp, key } = await home();
  const body = new URLSearchParams({
    grant_type: grantType,
    assertion: await assertion(idp, key),
    client_id: idp.clientId,
  });
  const answer = await send(`${idp.issuer}/token`, { method: 'POST', body });
  expect(answer.status).toBe(401);
  expect(errorOf(answer)).toBe('invalid_client');
});

const seconds = () => Math.floor(Date.now() / 1000);
test.each<[string, () => Record<string, unknown>]>([
  ['of another client', () => ({ iss: 'other' })],
  ['for another server', () => ({ aud: 'https://evil.example' })],
  ['for nobody', () => ({ aud: undefined })],
  ['without an end', () => ({ exp: undefined })],
  ['without a beginning', () => ({ iat: undefined })],
  ['that has ended', () => ({ iat: seconds() - 100, exp: seconds() - 40 })],
  ['from the future', () => ({ iat: seconds() + 60, exp: seconds() + 120 })],
  ['that lives long', () => ({ exp: seconds() + 3600 })],
  ['without jti', () => ({ jti: undefined })],
  ['with a short jti', () => ({ jti: '1' })],
  ['without auth_time', () => ({ auth_time: undefined })],
  ['with a sign-in in the future', () => ({ auth_time: seconds() + 600 })],
  ['without sub_id', () => ({ sub_id: undefined })],
  ['with a sub_id of another format', () => ({ sub_id: { format: 'email', email: 'a@example.test' } })],
  ['with an issuer that is no URL', () => ({ sub_id: { ...github, iss: 'github' } })],
  ['that names somebody else than it says', () => ({ sub_id: { ...github, sub: '1' } })],
  ['that names a user of this server', () => ({ sub: '05ce22ca-fad7-4365-a9dc-815660ef9b25' })],
])('an assertion %s is refused', async (_what, claims) => {
  const { idp, key } = await home();
  const answer = await present(idp, await assertion(idp, key, claims()));
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toBe('invalid_grant');
});

test('an assertion about a user of this server, and one for a list of servers, are refused', async () => {
  const { idp, key } = await home();
  const own = { format: 'iss_sub', iss: idp.issuer, sub: '05ce22ca-fad7-4365-a9dc-815660ef9b25' };
  const claims = [{ sub_id: own, sub: nameOf(own) }, { aud: [idp.issuer, 'https://evil.example'] }];
  for (const changes of claims) {
    expect(errorOf(await present(idp, await assertion(idp, key, changes)))).toBe('invalid_grant');
  }
});

test.each(['JWT', 'at+jwt', 'client-authentication+jwt', undefined])(
  'a JWT of the type %s is no assertion',
  async (typ) => {
    const { idp, key } = await home();
    expect(errorOf(await present(idp, await assertion(idp, key, {}, { typ })))).toBe('invalid_grant');
  },
);

test('a key that the client does not publish is refused, and so is a secret', async () => {
  const { idp, key } = await home();
  const stranger = { ...newKey('first'), kid: 'first' };
  expect(errorOf(await present(idp, await assertion(idp, stranger)))).toBe('invalid_grant');
  expect(errorOf(await present(idp, await assertion(idp, newKey('second'))))).toBe('invalid_grant');
  const [, payload] = (await assertion(idp, key)).split('.');
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
  const symmetric = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'home-assertion+jwt' })
    .sign(Buffer.from(idp.clientSecret));
  expect(errorOf(await present(idp, symmetric))).toBe('invalid_grant');
});

test('PROV: an access token or an ID token is never an assertion, and never a subject token', async () => {
  const { idp } = await home();
  const redirect = `http://localhost:3000/bff/callback/demo`;
  const other = await start({ moreRedirectUris: [redirect] });
  const { access_token, id_token } = await signIn(other);
  for (const token of [access_token, id_token, 'ya29.foreign', 'gho_foreign']) {
    expect(errorOf(await present(idp, token))).toBe('invalid_grant');
  }
  const exchange = await asClient(idp, '/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  });
  expect(errorOf(exchange)).toBe('unsupported_grant_type');
});

test('the keys are read at the first use, and kept', async () => {
  const keys = [newKey('first'), newKey('second')];
  const { publicUrl, asked } = await publishing(keys);
  const idp = await start({ publicUrl });
  expect(asked()).toBe(0);
  for (const key of keys) expect((await present(idp, await assertion(idp, key))).status).toBe(200);
  expect(asked()).toBe(1);
});

test('where the keys cannot be read the client is told to come again', async () => {
  const key = newKey('first');
  const bff = await publishing([key]);
  const idp = await start({ publicUrl: bff.publicUrl });
  bff.close();
  const answer = await present(idp, await assertion(idp, key));
  expect(answer.status).toBe(503);
  expect(errorOf(answer)).toBe('temporarily_unavailable');
});

test('a client may register its keys themselves', async () => {
  const key = newKey('mine');
  const client = {
    client_id: 'with-keys',
    client_secret: 'a-secret-of-at-least-32-characters!',
    redirect_uris: ['http://localhost:3000/cb'],
    grant_types: ['authorization_code', grantType],
    jwks: { keys: [{ kty: 'EC', ...key.jwk }] },
  };
  const idp = await start({ moreClients: [client] });
  const as = { ...idp, clientId: client.client_id, clientSecret: client.client_secret };
  expect((await present(as, await assertion(as, key))).status).toBe(200);
  const otherClient = await present(idp, await assertion(as, key));
  expect(otherClient.status).not.toBe(200);
});

test('a client that is not registered for the grant is refused', async () => {
  const key = newKey('mine');
  const client = {
    client_id: 'plain',
    client_secret: 'a-secret-of-at-least-32-characters!',
    redirect_uris: ['http://localhost:3000/cb'],
    jwks: { keys: [{ kty: 'EC', ...key.jwk }] },
  };
  const idp = await start({ moreClients: [client] });
  const as = { ...idp, clientId: client.client_id, clientSecret: client.client_secret };
  expect((await present(as, await assertion(as, key))).status).toBe(400);
});
