import { headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callLines, sendLines } from '../wire/call.ts';

let [direct, behind]: Rig[] = [];
let jars: Map<Rig, Jar>;
beforeAll(async () => {
  [direct, behind] = await Promise.all([
    startRig(),
    startRig({ config: { trustedProxies: ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8::/32'] } }),
  ]);
  jars = new Map([
    [direct, await direct.signedIn()],
    [behind, await behind.signedIn()],
  ]);
});
afterEach(() => {
  for (const rig of [direct, behind]) rig?.reset();
});
afterAll(() => Promise.all([direct?.close(), behind?.close()]));

/** What the API is told of the client, and which address the BFF saw itself. */
async function told(rig: Rig | undefined, ...lines: string[]): Promise<Record<string, string[]>> {
  if (!rig) throw new Error('not started');
  rig.upstream.clearRecords();
  const answer = await sendLines(rig, [...callLines(rig, jars.get(rig) ?? rig.jar()), ...lines]);
  const [request] = rig.upstream.requests;
  if (!request) throw new Error(`refused: ${answer.status}`);
  const names = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip'];
  return Object.fromEntries(names.map((name) => [name, headerValues(request, name)]));
}

const peer = expect.stringMatching(/^(127\.0\.0\.1|::1)$/);
const after = (said: string) => [expect.stringMatching(new RegExp(`^${said}, (127\\.0\\.0\\.1|::1)$`))];

advisory([10, 70], 'BFF-PROXY-07', 'what a peer that nobody trusts says of itself is not heard', async () => {
  const lines = ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: gopher'];
  lines.push(
    'Forwarded: for=6.6.6.6;host=evil.test;proto=gopher',
    'X-Real-IP: 6.6.6.6',
    'True-Client-IP: 6.6.6.6',
  );
  expect(await told(direct, ...lines)).toEqual({
    'x-forwarded-for': [peer],
    'x-forwarded-host': [new URL(direct?.bff.url ?? '').host],
    'x-forwarded-proto': ['http'],
    forwarded: [],
    'x-real-ip': [],
  });
});

advisory(
  10,
  'BFF-LOGIN-04',
  'and moves neither cookies, nor redirect_uri, nor the check of Origin',
  async () => {
    const lines = ['X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: https', 'Forwarded: host=evil.test'];
    for (const rig of [direct, behind]) {
      if (!rig) throw new Error('not started');
      const [, host = ''] = callLines(rig, rig.jar());
      const login = [`GET ${rig.bff.paths.login} HTTP/1.1`, host, ...lines];
      const [plain, spoofed] = [await sendLines(rig, login.slice(0, 2)), await sendLines(rig, login)];
      const uri = (location = '') => new URL(location).searchParams.get('redirect_uri');
      expect(uri(spoofed.header('location')[0])).toBe(uri(plain.header('location')[0]));
      expect(spoofed.header('set-cookie').join()).toMatch(/; Secure/);
      for (const origin of [
        'https://evil.test',
        'http://evil.test',
        rig.bff.url.replace('http:', 'https:'),
      ]) {
        const call = [...callLines(rig, jars.get(rig) ?? rig.jar()), `Origin: ${origin}`, ...lines];
        expect((await sendLines(rig, call)).status, origin).toBe(403);
      }
    }
  },
);

requirement('BFF-PROXY-07', 'what a trusted proxy says comes before its own address', async () => {
  for (const [said, expected] of [
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.1.2.3', '203.0.113.9, 10.1.2.3'],
    ['203.0.113.9,10.1.2.3 , 10.255.0.1', '203.0.113.9, 10.1.2.3, 10.255.0.1'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db9::1]:443, 2001:db8::7', '2001:db9::1, 2001:db8::7'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['10.9.9.9, 10.1.2.3', '10.9.9.9, 10.1.2.3'],
  ]) {
    expect((await told(behind, `X-Forwarded-For: ${said}`))['x-forwarded-for'], said).toEqual(
      after(expected ?? ''),
    );
  }
  expect((await told(behind))['x-forwarded-for']).toEqual([peer]);
});

advisory(70, 'BFF-PROXY-07', 'what the client wrote before the first proxy saw it is cut off', async () => {
  for (const forged of [
    '6.6.6.6',
    '127.0.0.1',
    '10.0.0.1',
    'unknown',
    '_hidden',
    '"x',
    '6.6.6.6, 10.0.0.1',
    '',
  ]) {
    const said = `X-Forwarded-For: ${forged}, 203.0.113.9, 10.1.2.3`;
    expect((await told(behind, said))['x-forwarded-for'], said).toEqual(after('203.0.113.9, 10.1.2.3'));
    const lines = [`X-Forwarded-For: ${forged}`, 'x-forwarded-for: 203.0.113.9'];
    expect((await told(behind, ...lines))['x-forwarded-for'], said).toEqual(after('203.0.113.9'));
  }
  for (const garbage of [
    'unknown',
    'x'.repeat(4_000),
    '256.1.1.1',
    '1.2.3.4.5',
    '<script>',
    '203.0.113.9;',
  ]) {
    expect((await told(behind, `X-Forwarded-For: ${garbage}`))['x-forwarded-for'], garbage).toEqual([peer]);
  }
});

requirement('BFF-PROXY-07', 'a trusted proxy decides nothing but the address', async () => {
  const lines = ['X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: gopher', 'Forwarded: for=6.6.6.6'];
  const seen = await told(behind, ...lines, 'X-Real-IP: 6.6.6.6', 'X_Forwarded_For: 6.6.6.6');
  expect(seen).toEqual({
    'x-forwarded-for': [peer],
    'x-forwarded-host': [new URL(behind?.bff.url ?? '').host],
    'x-forwarded-proto': ['http'],
    forwarded: [],
    'x-real-ip': [],
  });
});
