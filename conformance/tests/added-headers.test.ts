import { headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { spellingsOf } from '../corpora/spoofed-fields.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callLines, sendLines } from '../wire/call.ts';

/** Names that mean nothing to a proxy but by its configuration. */
const added = {
  headers: { 'X-Gateway-Key': 'the-key' },
  claimHeaders: { 'X-Caller-Id': 'sub', 'X-Caller-Mail': 'email' },
};
const methods = ['GET', 'OPTIONS'];
let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url, config: { ...added, methods } },
      { prefix: '/maybe', upstream: url, config: { ...added, methods, session: 'optional' } },
      { prefix: '/open', upstream: url, config: { headers: added.headers, methods, session: 'none' } },
    ],
  });
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const names = ['X-Gateway-Key', 'X-Caller-Id', 'X-Caller-Mail'];

/** What the API got under names that it may take for one of ours. */
function addedAt(name: string): string[] {
  return rig.upstream.requests.flatMap(({ rawHeaders }) =>
    rawHeaders.filter(
      (_, at) =>
        at % 2 === 1 &&
        rawHeaders[at - 1]?.toLowerCase().replaceAll(/[^a-z0-9]/g, '-') === name.toLowerCase(),
    ),
  );
}

advisory(
  24,
  'BFF-PROXY-07',
  'of the headers that a route adds the API gets ours alone, however the client spells them',
  async () => {
    const { sub, email } = rig.as.settings.user;
    for (const name of names) {
      for (const spelled of spellingsOf(name)) {
        rig.upstream.clearRecords();
        const lines = [`${spelled}: forged`, `Connection: ${spelled}`];
        expect((await sendLines(rig, [...callLines(rig, jar), ...lines])).status, spelled).toBe(200);
        expect(names.map(addedAt), spelled).toEqual([['the-key'], [sub], [email]]);
      }
    }
  },
);

advisory(
  37,
  'BFF-PROXY-07',
  'they never come from a client, on calls without a session, where there is none, and by OPTIONS',
  async () => {
    const stranger = rig.jar();
    for (const [path, own] of [
      ['/maybe/x', ['the-key']],
      ['/open/x', ['the-key']],
    ] as const) {
      for (const method of methods) {
        for (const name of names.flatMap((one) => [...spellingsOf(one)])) {
          rig.upstream.clearRecords();
          const answer = await stranger.fetch(path, { method, headers: { [name]: 'forged' } });
          expect(answer.status, name).toBe(200);
          expect(names.flatMap(addedAt), `${method} ${path} ${name}`).toEqual(own);
        }
      }
    }
    await jar.fetch('/open/x');
    expect(headerValues(rig.upstream.requests.at(-1) ?? { rawHeaders: [] }, 'x-caller-id')).toEqual([]);
  },
);
