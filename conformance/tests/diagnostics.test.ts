import type { DiagnosticsView, FlowStep } from '@coatcheck/protocol';
import { faults } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createLeakSearch } from '../evidence/leak-search.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { par: 'offered' }, config: { diagnostics: true } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const path = '/bff/diagnostics';

async function diagnosticsOf(jar: ReturnType<Rig['jar']>): Promise<{ view: DiagnosticsView; text: string }> {
  const answer = await jar.fetch(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const text = await answer.text();
  return { text, view: JSON.parse(text) };
}

/** Without the keys, which are loaded once and not for each flow. */
const kindsOf = (flow: readonly FlowStep[]) =>
  flow.filter(({ kind }) => kind !== 'metadata').map(({ from, to, kind }) => `${from} → ${to}: ${kind}`);

/** The marks in the payloads of the test's tokens are there to be seen, and open nothing. */
const withoutNames = (text: string) => text.replace(/"(?:jti|canary)":"[^"]*"/g, '');

requirement('BFF-LEAK-01', 'diagnostics tell the whole flow, and nothing secret of it', async () => {
  const jar = await rig.signedIn();
  await rig.call(jar);
  await rig.advance(301);
  await rig.call(jar);
  const { view, text } = await diagnosticsOf(jar);
  expect(kindsOf(view.flow)).toEqual([
    'browser → bff: login',
    'bff → authorization-server: pushed-request',
    'authorization-server → bff: pushed-request',
    'bff → browser: login-redirect',
    'browser → bff: callback',
    'bff → authorization-server: code-exchange',
    'authorization-server → bff: code-exchange',
    'bff → browser: signed-in',
    'browser → bff: api-call',
    'bff → api: forwarded-call',
    'api → bff: api-answer',
    'bff → browser: call-answer',
    'bff → authorization-server: refresh',
    'authorization-server → bff: refresh',
    'browser → bff: api-call',
    'bff → api: forwarded-call',
    'api → bff: api-answer',
    'bff → browser: call-answer',
  ]);
  expect(createLeakSearch(rig.as.canaries())(withoutNames(text))).toEqual([]);
  const ticket = jar.cookie(rig.bff.cookies.ticket) ?? '';
  expect(text).not.toContain(ticket.slice(0, 24));
  const exchange = view.flow.find(({ kind, from }) => kind === 'code-exchange' && from === 'bff');
  expect(Object.fromEntries(exchange?.fields ?? [])).toMatchObject({
    grant_type: 'authorization_code',
    code_verifier: '‹43 characters›',
    code: expect.stringMatching(/^‹\d+ characters›$/),
  });
});

requirement(
  'BFF-LEAK-01',
  'a token that the API refuses is told, and the same call sent once more',
  async () => {
    const jar = await rig.signedIn();
    await rig.call(jar);
    await rig.advance(31);
    const before = (await diagnosticsOf(jar)).view.flow.length;
    const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
    rig.upstream.on('*', 'once', faults.status(401, '', challenge));
    await rig.call(jar);
    const { view, text } = await diagnosticsOf(jar);
    expect(kindsOf(view.flow.slice(before))).toEqual([
      'browser → bff: api-call',
      'bff → api: forwarded-call',
      'api → bff: api-answer',
      'bff → authorization-server: refresh',
      'authorization-server → bff: refresh',
      'bff → api: forwarded-call',
      'api → bff: api-answer',
      'bff → browser: call-answer',
    ]);
    expect(createLeakSearch(rig.as.canaries())(withoutNames(text))).toEqual([]);
  },
);

requirement('BFF-LEAK-01', 'the tokens are shown by what is in them, never as they are', async () => {
  const jar = await rig.signedIn({ user: { sub: 'learner' } });
  const { view, text } = await diagnosticsOf(jar);
  const byKind = Object.fromEntries(view.tokens.map((token) => [token.kind, token]));
  expect(byKind.access_token).toMatchObject({
    format: 'jwt',
    header: { typ: 'at+jwt' },
    payload: { sub: 'learner', iss: rig.as.issuer },
    signature: 'valid',
  });
  expect(byKind.id_token).toMatchObject({
    format: 'jwt',
    payload: { sub: 'learner', nonce: expect.stringMatching(/^‹\d+ characters›$/) },
    signature: 'valid',
  });
  expect(byKind.refresh_token).toMatchObject({ format: 'opaque', header: null, payload: null });
  expect(text).not.toMatch(/eyJ[\w-]{8,}\.[\w-]{8,}/);
  expect(createLeakSearch(rig.as.canaries())(withoutNames(text))).toEqual([]);
});

requirement('BFF-CSRF-01', 'they are the owner’s, asked from our own pages', async () => {
  const anonymous = await rig.jar().fetch(path);
  expect(anonymous.status).toBe(401);
  const jar = await rig.signedIn({ user: { sub: 'owner' } });
  expect((await jar.fetch(path, { site: 'cross-site' })).status).toBe(403);
  const other = await rig.signedIn({ user: { sub: 'somebody-else' } });
  const { text } = await diagnosticsOf(other);
  expect(text).not.toContain('owner');
});

requirement('BFF-LEAK-08', 'unless they are switched on there are none', async () => {
  const usual = await startRig();
  try {
    const jar = await usual.signedIn();
    expect((await jar.fetch(path)).status).toBe(404);
  } finally {
    await usual.close();
  }
});
