import { faults, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' }, provider: { config: { requestTimeout: '1s' } } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const hostile: unknown[] = [
  {},
  [],
  ['token'],
  true,
  false,
  0,
  7,
  null,
  '',
  ' ',
  'a b',
  'token\r\nX-Admin: yes',
  'token\nX-Admin: yes',
  'token\u0000',
  'tökén',
  '\u2028',
  { toString: 'token' },
];

requirement(
  'BFF-IDP-06',
  'an access token that is none, or would end its header, signs nobody in',
  async () => {
    for (const token of hostile) {
      rig.as.change('tokenResponse', 'once', withMembers({ access_token: token }));
      await expectRefusedSignIn(rig, badIdToken);
    }
    expect(rig.upstream.hits()).toBe(0);
  },
);

requirement('BFF-IDP-06', 'other members of a wrong type sign nobody in or are not used', async () => {
  for (const members of [
    { refresh_token: {} },
    { refresh_token: ['x'] },
    { refresh_token: true },
    { scope: 7 },
    { scope: ['openid'] },
    { scope: {} },
    { id_token: {} },
    { id_token: true },
    { token_type: {} },
    { token_type: ['Bearer'] },
  ]) {
    rig.as.change('tokenResponse', 'once', withMembers(members));
    await expectRefusedSignIn(rig, badIdToken);
  }
});

requirement('BFF-IDP-06', 'a token that only a prototype has is none', async () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const text = JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token: 'x.y.z' });
    rig.as.on('token', 'once', faults.jsonText(`{"${name}":${text}}`));
    await expectRefusedSignIn(rig, badIdToken);
  }
  // Beside a good answer it means nothing, for this person and for the next.
  rig.as.change('tokenResponse', 'once', (members) => {
    const hidden = '{"__proto__":{"scope":"admin","polluted":"yes"}}';
    return { ...members, more: JSON.parse(hidden) };
  });
  rig.as.on('token', 'once', async (_, next) => {
    const answer = await next();
    if (answer === 'handled' || typeof answer.body !== 'string') throw new Error('no answer to change');
    const { 'content-length': _length, ...headers } = { ...answer.headers } as Record<string, string>;
    return { status: 200, headers, body: answer.body.replace('{', '{"__proto__":{"polluted":"yes"},') };
  });
  for (const jar of [await rig.signedIn(), await rig.signedIn()]) {
    const session = JSON.stringify(await rig.session(jar));
    expect(session).toContain('"authenticated":true');
    expect(session).not.toMatch(/polluted|admin/);
    expect((await rig.call(jar)).status).toBe(200);
    expect(rig.upstream.requests.at(-1)?.rawHeaders.join('\n')).not.toMatch(/polluted|X-Admin/i);
  }
});

requirement('BFF-IDP-06', 'a refresh that brings such a token harms nobody', async () => {
  const jar = await rig.signedIn();
  await rig.advance(301);
  rig.upstream.clearRecords();
  for (const token of ['token\r\nX-Admin: yes', {}, 'a b']) {
    rig.as.change('tokenResponse', 'once', withMembers({ access_token: token }));
    expect([401, 503]).toContain((await rig.call(jar.clone())).status);
    await rig.advance(60);
  }
  expect(rig.upstream.hits()).toBe(0);
  rig.reset();
  await rig.signedIn();
});

const bodies = {
  'an empty body': faults.empty,
  HTML: faults.html,
  'invalid JSON': faults.invalidJson,
  text: (status: number) => faults.status(status, 'access_token=x&token_type=bearer'),
  'a list': (status: number) => faults.jsonText('[]', status),
  'a text': (status: number) => faults.jsonText('"access_token"', status),
  'no members': (status: number) => faults.jsonText('{}', status),
  'an error': (status: number) => faults.error('server_error', status),
};
for (const status of [200, 201, 204, 400, 401, 403, 404, 418, 429, 500, 502, 503, 504]) {
  requirement(
    'BFF-IDP-02',
    `whatever comes with ${status} from the token endpoint signs nobody in`,
    async () => {
      for (const [what, fault] of Object.entries(bodies)) {
        rig.as.on('token', 'once', fault(status));
        const codes = [
          'provider_error',
          'provider_unavailable',
          'provider_response_invalid',
          'provider_busy',
        ];
        await expectRefusedSignIn(rig, codes).catch((error: unknown) => {
          throw new Error(`${status} with ${what}`, { cause: error });
        });
      }
    },
  );
}
