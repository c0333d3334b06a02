import { statSync } from 'node:fs';
import type { CanaryKind } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { forgedEvent, liveThrough, planted } from '../evidence/journey.ts';
import { createLeakSearch } from '../evidence/leak-search.ts';
import { logLines } from '../evidence/log-lines.ts';
import { createRecorder } from '../evidence/recorder.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const recorder = createRecorder();
let rig: Rig;
let jar: ReturnType<Rig['jar']>;

beforeAll(async () => {
  rig = await startRig({ config: { log: { level: 'trace' } } });
  jar = await liveThrough(rig, recorder);
  await rig.bff.restart();
  await jar.fetch('/api/notes');
});
afterAll(() => rig.close());

/** Looks for every credential of this run, but for some kinds. */
function search(...allowed: CanaryKind[]) {
  return createLeakSearch(rig.as.canaries().filter(({ kind }) => !allowed.includes(kind)));
}

requirement('BFF-LEAK-01', 'no byte of any answer is part of a credential', () => {
  const issued = new Set(rig.as.canaries().map(({ kind }) => kind));
  for (const kind of [
    'access_token',
    'refresh_token',
    'id_token',
    'code',
    'code_verifier',
    'client_secret',
  ] as const)
    expect(issued).toContain(kind);
  expect(recorder.seen.length).toBeGreaterThan(80);
  // `state` is no credential of ours alone: it must stand in the address of the provider.
  const find = search('state');
  const found = recorder.seen.flatMap(({ name, bytes }) => find(bytes).map((leak) => ({ name, ...leak })));
  expect(found).toEqual([]);
});

requirement(
  'BFF-LEAK-03',
  'no address holds a credential, but for the code on its way to the callback',
  () => {
    const callback = new URL(rig.bff.paths.callback('main'), rig.bff.url).href;
    const addresses = recorder.seen.flatMap(({ answer: { url, location } }) =>
      location === undefined ? [url] : [url, location],
    );
    const requests = [...rig.as.requests, ...rig.upstream.requests].map(({ target }) => target);
    const [find, findCode] = [search('state', 'code'), search('state')];
    const found = [...addresses, ...requests].filter(
      (address) => (address.startsWith(callback) ? find(address) : findCode(address)).length > 0,
    );
    expect(addresses.length).toBeGreaterThan(80);
    expect(requests.length).toBeGreaterThan(30);
    expect(found).toEqual([]);
  },
);

requirement('BFF-LEAK-04', 'the callback shows nothing that loads, runs or leaks its own address', () => {
  // That no browser sends it on as a Referer is a test of e2e.
  const answers = recorder.seen.filter(({ name }) => name.includes(`${rig.bff.paths.callback('main')} `));
  expect(new Set(answers.map(({ answer }) => answer.status)).size).toBeGreaterThan(3);
  for (const { name, answer, body } of answers) {
    expect(answer.headers.get('referrer-policy'), name).toMatch(/^(no-referrer|same-origin)$/);
    expect(String(body), name).not.toMatch(
      /<(script|img|link|iframe|object|embed|video|base|meta http)\b|\bsrc=|url\(/i,
    );
    for (const [, href = ''] of String(body).matchAll(/href="([^"]*)"/g))
      expect(href, name).toMatch(/^\/(?!\/)/);
    if (answer.status === 303) expect(body.length, name).toBe(0);
  }
});

requirement('BFF-LEAK-06', 'the log of a debugging operator holds no credential and no cookie', () => {
  const cookies = [...jar.cookies.values()].map(({ value }) => ({ kind: 'state' as const, value }));
  const sealed = recorder.seen
    .flatMap(({ answer }) => answer.setCookies)
    .filter(({ value }) => value.length > 40)
    .map(({ value }) => ({ kind: 'state' as const, value }));
  const log = rig.bff.log();
  expect(logLines(log).some(({ level }) => level === 20)).toBe(true);
  expect(createLeakSearch([...rig.as.canaries(), ...cookies, ...sealed])(log)).toEqual([]);
});

requirement('BFF-LEAK-06', 'nor what strangers put into headers, queries and bodies', () => {
  expect(createLeakSearch([planted])(rig.bff.log())).toEqual([]);
});

requirement('BFF-LEAK-06', 'no text from outside makes a line of its own', () => {
  const lines = logLines(rig.bff.log());
  expect(lines.filter(({ event }) => event === forgedEvent)).toEqual([]);
  expect(['\u001b', '<script>'].filter((text) => rig.bff.log().includes(text))).toEqual([]);
});

advisory(38, 'BFF-LEAK-06', 'nothing of a provider is quoted: not its errors, not its bodies', () => {
  const log = rig.bff.log();
  const quoted = ['<p>', 'grant_type=', 'redirect_uri=', 'alert(1)', 'javascript:', 'padding', 'nope'];
  expect(quoted.filter((text) => log.includes(text))).toEqual([]);
});

requirement('BFF-LEAK-09', 'the store holds no token, and no name in clear', async () => {
  const { store } = rig.bff;
  expect(await store.sessions()).toBeGreaterThan(0);
  const find = search();
  const contents = await store.contents();
  expect(Buffer.concat(contents).length).toBeGreaterThan(1_000);
  for (const bytes of contents) {
    expect(find(bytes)).toEqual([]);
    for (const text of ['alice', 'Alice', rig.as.issuer, 'access_token', 'refreshToken'])
      expect(bytes.includes(text), text).toBe(false);
  }
  for (const file of store.files) expect(statSync(file).mode & 0o077, `others may read ${file}`).toBe(0);
});
