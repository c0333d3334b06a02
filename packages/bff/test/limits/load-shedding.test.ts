import { afterEach, expect, test } from 'vitest';
import { type Rig, startRig, until } from '../rig.ts';

const rigs: Rig[] = [];
let busy: NodeJS.Timeout | undefined;
afterEach(async () => {
  clearInterval(busy);
  for (const rig of rigs.splice(0)) await rig.close();
});

async function opened(overload: object): Promise<Rig> {
  const rig = await startRig({ limits: { overload } });
  rigs.push(rig);
  return rig;
}

const statusOf = async (rig: Rig, path: string) => (await rig.browser().fetch(path)).status;

/** Stands still for some milliseconds. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

for (const [what, overload] of [
  ['the heap', { heapUsed: 1 }],
  ['the memory of the process', { residentSet: 1 }],
] as const) {
  test(`${what} beyond its limit: every call, the API's too, is told to come back`, async () => {
    const rig = await opened(overload);
    await until(async () => (await statusOf(rig, '/bff/session')) === 503, 'calls are shed');
    for (const path of ['/bff/session', '/api/notes', '/anything']) {
      const answer = await rig.browser().fetch(path);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('coatcheck-problem')).toBe('overloaded');
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await answer.json()).toMatchObject({ code: 'overloaded', status: 503 });
    }
    const page = await rig.browser().navigate('/bff/login');
    expect(page.status).toBe(503);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(rig.upstream.requests).toHaveLength(0);
    expect(rig.app.coatcheck.metrics()).toMatch(/refused_total\{code="overloaded"\} [1-9]/);
  });
}

test('a loop that stays late sheds calls, and takes them again as soon as it is in time', async () => {
  const rig = await opened({ eventLoopDelay: '100ms' });
  expect(await statusOf(rig, '/bff/session')).toBe(200);
  busy = setInterval(() => block(250), 1);
  await until(async () => (await statusOf(rig, '/bff/session')) === 503, 'calls are shed');
  expect(await statusOf(rig, '/api/notes')).toBe(503);
  clearInterval(busy);
  await until(async () => (await statusOf(rig, '/bff/session')) === 200, 'calls are taken again');
  expect(await statusOf(rig, '/api/notes')).toBe(401);
});

test('a loop that is busy all the time sheds calls where that is asked for', async () => {
  const rig = await opened({ eventLoopDelay: '0s', eventLoopUtilization: 95 });
  busy = setInterval(() => block(30), 1);
  await until(async () => (await statusOf(rig, '/bff/session')) === 503, 'calls are shed');
  clearInterval(busy);
  await until(async () => (await statusOf(rig, '/bff/session')) === 200, 'calls are taken again');
});

test('a process that stood still once is not overloaded', async () => {
  const rig = await opened({ eventLoopDelay: '100ms' });
  block(1_500);
  const end = performance.now() + 1_200;
  while (performance.now() < end) expect(await statusOf(rig, '/api/notes')).toBe(401);
});
