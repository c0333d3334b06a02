import { headerValues } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { reflectInHeaders } from '../evidence/journey.ts';
import { createLeakSearch } from '../evidence/leak-search.ts';
import { logLines } from '../evidence/log-lines.ts';
import { createRecorder } from '../evidence/recorder.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      {
        prefix: '/lenient',
        upstream: url,
        config: { responseSandbox: false, responseCaching: 'upstream', allowSetCookie: ['token'] },
      },
    ],
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

// A token in the body of an answer cannot be kept back without reading every body: the row allows to say so in the docs.

requirement(
  'BFF-LEAK-07',
  'a token that an API shows in fields, trailers or hints stays here, and is told',
  async () => {
    const recorder = createRecorder();
    const jar = recorder.watch(await rig.signedIn());
    for (const prefix of ['/api', '/lenient']) {
      rig.upstream.on('*', 1, reflectInHeaders);
      const answer = await jar.fetch(`${prefix}/reflected`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('done');
    }
    const find = createLeakSearch(rig.as.canaries().filter(({ kind }) => kind === 'access_token'));
    expect(recorder.seen.flatMap(({ bytes }) => find(bytes))).toEqual([]);
    const warnings = () => logLines(rig.bff.log()).filter(({ event }) => event === 'token.echoed');
    await expect.poll(() => warnings().length).toBe(2);
  },
);

requirement('BFF-LEAK-07', 'a redirect to an address with the token is no answer at all', async () => {
  const recorder = createRecorder();
  const jar = recorder.watch(await rig.signedIn());
  rig.upstream.on('*', 3, ({ request }) => {
    const [authorization = ''] = headerValues(request, 'authorization');
    const token = authorization.split(' ').at(-1);
    return {
      status: 302,
      headers: { location: `/api/x?access_token=${token}`, refresh: `0; url=/x?t=${token}` },
    };
  });
  expect((await jar.fetch('/api/redirect')).status).toBe(502);
  expect((await jar.navigate('/api/redirect', { site: 'same-origin' })).status).toBe(502);
  const find = createLeakSearch(rig.as.canaries());
  expect(recorder.seen.flatMap(({ bytes }) => find(bytes))).toEqual([]);
});
