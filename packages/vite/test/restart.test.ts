import { createJar, headerValues } from '@coatcheck/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Rig, signIn, startRig } from './rig.ts';

let rig: Rig;
const monday = Date.parse('2026-11-23T09:00:00Z');

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: monday });
  rig = await startRig();
});
afterAll(async () => {
  vi.useRealTimers();
  await rig.close();
});

it('refreshes a token after a restart: the provider has kept its keys and its grants', async () => {
  const jar = createJar(rig.url, { clock: Date.now });
  await signIn(rig, jar);
  const tokenOf = () => {
    const call = rig.upstream.requests.at(-1);
    return call && headerValues(call, 'authorization')[0];
  };
  await jar.fetch('/api/notes');
  const first = tokenOf();

  await rig.vite.restart();
  vi.setSystemTime(monday + 6 * 60_000);
  expect((await jar.fetch('/api/notes')).status).toBe(200);
  expect(tokenOf()).toMatch(/^Bearer ey/);
  expect(tokenOf()).not.toBe(first);
});
