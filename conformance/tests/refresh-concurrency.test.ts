import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { logLines } from '../evidence/log-lines.ts';
import { claimsOf, refreshes, refreshTokensSent, tokensAt } from '../evidence/tokens.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Seconds. */
const life = 300;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { accessTokenLifetime: life, signingAlgorithm: 'ES256' },
    routes: ({ url }) => [
      { prefix: '/notes', upstream: url, config: { resource: 'https://notes.test' } },
      { prefix: '/files', upstream: url, config: { resource: 'https://files.test' } },
    ],
  });
});
afterEach(() => {
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

async function expired(): Promise<Jar> {
  const jar = await rig.signedIn();
  await rig.advance(life + 1);
  rig.as.clearRecords();
  return jar;
}

/** How many calls of a path each process got, as they log. */
function callsByProcess(prefix: string): number[] {
  const calls = logLines(rig.bff.log()).filter(({ req }) => {
    const { path }: { path?: unknown } = Object(req);
    return String(path).startsWith(prefix);
  });
  return rig.bff.pids.map((pid) => calls.filter((line) => line.pid === pid).length);
}

const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));

requirement('BFF-REF-03', 'fifty calls on a dead token cost one refresh, also from five tabs', async () => {
  rig.bff.pin(0);
  const jar = await expired();
  const tabs = times(5, () => jar.clone());
  const answers = await Promise.all(times(50, (at) => rig.call(tabs[at % 5] ?? jar, `/notes/${at}`)));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(refreshes(rig.as)).toHaveLength(1);
  expect(new Set(tokensAt(rig.upstream)).size).toBe(1);
  for (const tab of tabs) expect(await rig.session(tab)).toMatchObject({ authenticated: true });
});

requirement(
  'BFF-REF-04',
  'twenty-five calls to each of two processes cost one refresh together',
  async () => {
    for (let round = 0; round < 5; round += 1) {
      const jar = await expired();
      rig.upstream.clearRecords();
      const answers = await Promise.all(times(50, (at) => rig.call(jar, `/notes/round-${round}/${at}`)));
      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
      expect(refreshes(rig.as), `round ${round}`).toHaveLength(1);
      expect(new Set(tokensAt(rig.upstream)).size).toBe(1);
      await expect.poll(() => callsByProcess(`/notes/round-${round}/`)).toEqual([25, 25]);
    }
  },
);

requirement('BFF-REF-04', 'nor do processes that take turns ever send a rotated token', async () => {
  const jar = await expired();
  for (let round = 0; round < 6; round += 1) {
    rig.bff.pin(round % 2);
    expect((await rig.call(jar, '/notes/x')).status).toBe(200);
    rig.bff.pin((round + 1) % 2);
    expect((await rig.call(jar, '/notes/x')).status).toBe(200);
    await rig.advance(life + 1);
  }
  const sent = refreshTokensSent(rig.as);
  expect(sent).toHaveLength(6);
  expect(new Set(sent).size).toBe(6);
});

advisory(61, [], 'what is under way for one session is no answer to another', async () => {
  const people = await Promise.all(times(6, (at) => rig.signedIn({ user: { sub: `apart-${at}` } })));
  await rig.advance(life + 1);
  rig.as.clearRecords();
  const gate = rig.as.hold('token');
  const calls = people.flatMap((jar, at) =>
    ['notes', 'files', 'notes'].map((place) => rig.call(jar, `/${place}/apart-${at}`)),
  );
  // All of them are under way at once: nobody's refresh waits for somebody else's.
  await expect.poll(() => refreshes(rig.as).length).toBe(6);
  gate.release();
  for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
  const got = rig.upstream.requests.map(({ path }, at) => {
    const { sub, aud } = claimsOf(tokensAt(rig.upstream)[at] ?? '');
    return { path, due: `/${String(aud).slice('https://'.length, -'.test'.length)}/${sub}` };
  });
  expect(got.filter(({ path, due }) => path !== due)).toEqual([]);
  expect(got).toHaveLength(18);
  expect(refreshes(rig.as)).toHaveLength(12);
});

advisory(61, [], 'refreshes for several resources share the token of the grant, not its result', async () => {
  const jar = await expired();
  const paths = times(30, (at) => ['/notes', '/files'][at % 2] ?? '');
  const answers = await Promise.all(paths.map((path, at) => rig.call(jar, `${path}/${at}`)));
  expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
  const audiences = rig.upstream.requests.map(({ path }, at) => {
    const { aud } = claimsOf(tokensAt(rig.upstream)[at] ?? '');
    return `${path.split('/')[1]} ${aud}`;
  });
  expect([...new Set(audiences)].sort()).toEqual(['files https://files.test', 'notes https://notes.test']);
  const sent = refreshTokensSent(rig.as);
  expect(sent).toHaveLength(2);
  expect(new Set(sent).size).toBe(2);
  expect(rig.as.isActive(rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value ?? '')).toBe(
    true,
  );
});
