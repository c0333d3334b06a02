import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartFailed } from '../adapters/adapter.ts';
import { openSqlite } from '../adapters/store/sqlite.ts';
import type { OpenedStore } from '../adapters/store/store.ts';
import { type Rig, startRig } from '../rig.ts';

/** What can only happen to a file: it is SQLite in every run, whatever store that is on. */
let rig: Rig;
let store: OpenedStore;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-conformance-'));
  store = await openSqlite(folder);
  rig = await startRig({ as: { signingAlgorithm: 'ES256' }, config: { store: { url: store.url } } });
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

async function probes(): Promise<number[]> {
  const answers = ['livez', 'readyz'].map((name) => fetch(`${rig.bff.managementUrl}/${name}`));
  return (await Promise.all(answers)).map(({ status }) => status);
}

test('while another program keeps it locked, who is signed in is served, and nobody comes in or out by halves', async () => {
  const [jar, leaving, starting] = [await rig.signedIn(), await rig.signedIn(), rig.jar()];
  const callback = await rig.begin(starting);
  const letGo = await store.hold();
  try {
    for (let times = 0; times < 3; times += 1) expect((await rig.call(jar)).status).toBe(200);
    const page = await rig.finish(starting, callback);
    expect([page.status, page.headers.get('coatcheck-problem')]).toEqual([503, 'store_unavailable']);
    expect(starting.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    const copy = leaving.clone();
    const out = await leaving.fetch(rig.bff.paths.logout, { method: 'POST' });
    expect([out.status, out.headers.get('coatcheck-problem')]).toEqual([503, 'store_unavailable']);
    expect(out.setCookies).toEqual([]);
    expect((await rig.call(copy)).status).toBe(200);
    expect(await probes()).toEqual([200, 503]);
    await expect.poll(rig.bff.log).toMatch(/the store cannot be used/);
    await expect.poll(rig.bff.log).toMatch(/locked for too long/);
  } finally {
    await letGo();
  }
  await expect.poll(probes, { timeout: 5_000 }).toEqual([200, 200]);
  await expect.poll(rig.bff.log).toMatch(/the store can be used again/);
  expect((await leaving.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
  expect((await rig.call(jar)).status).toBe(200);
  await rig.signIn(starting);
});

test('when it is removed under a running instance, the probe and the log say so, and a restart starts afresh', async () => {
  const jar = await rig.signedIn();
  await store.wipe();
  expect(await probes()).toEqual([200, 503]);
  await expect.poll(rig.bff.log).toMatch(/removed or replaced/);
  // What the instance has open is still whole.
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  await rig.bff.restart();
  expect(await probes()).toEqual([200, 200]);
  expect((await rig.call(jar.clone())).status).toBe(401);
  expect(await rig.session(jar.clone())).toEqual({ authenticated: false, reason: 'expired' });
  await rig.signIn(jar);
  expect((await rig.call(jar)).status).toBe(200);
});

test('when its pages are damaged the start is refused with the remedy, which helps', async () => {
  const jar = await rig.signedIn();
  await rig.bff.stop();
  const [file = '', ...beside] = store.files;
  const content = await readFile(file);
  await writeFile(file, content.fill(0xa5, 4_096));
  const failed = await rig.bff.restart().then(
    () => new Error('it has started'),
    (error: unknown) => error,
  );
  if (!(failed instanceof StartFailed)) throw failed;
  expect(failed.exitCode).toBe(2);
  expect(failed.output).toContain('store.url');
  expect(failed.output).toMatch(/damaged: move it away/);
  await rename(file, `${file}.damaged`);
  for (const name of beside) await rm(name, { force: true });
  await rig.bff.restart();
  expect((await rig.call(jar.clone())).status).toBe(401);
  await rig.signIn(jar);
  expect((await rig.call(jar)).status).toBe(200);
});
