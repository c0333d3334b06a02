import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { StartFailed } from '../adapters/adapter.ts';
import { startRig } from '../rig.ts';

/** What the BFF said when it would not start. */
async function refusal(start: () => Promise<unknown>): Promise<StartFailed> {
  const outcome = await start().then(
    () => new Error('it has started'),
    (error: unknown) => error,
  );
  if (outcome instanceof StartFailed) return outcome;
  throw outcome;
}

for (const [owner, words] of Object.entries({
  newer: /newer Coatcheck/,
  foreign: /another program|other program/,
} as const)) {
  test(`a store that is of ${owner} make is left alone, and the message says so`, async () => {
    const rig = await startRig({ as: { signingAlgorithm: 'ES256' } });
    try {
      const jar = await rig.signedIn();
      await rig.bff.stop();
      const before = await rig.bff.store.records();
      const claimed: 'newer' | 'foreign' = owner === 'newer' ? 'newer' : 'foreign';
      await rig.bff.store.claim(claimed);
      const failed = await refusal(() => rig.bff.restart());
      expect(failed.exitCode).toBe(2);
      expect(failed.output).toMatch(words);
      expect(failed.output).toContain('store.url');
      expect(failed.output.trim().split('\n').length, failed.output).toBeLessThan(4);
      expect(await rig.bff.store.records()).toEqual(before);
      expect(jar.cookies.size).toBeGreaterThan(0);
    } finally {
      await rig.close();
    }
  });
}

test('a store that does not answer, or wants another password, stops the start with a clear word', async () => {
  const rig = await startRig({ as: { signingAlgorithm: 'ES256' }, storeCanFail: true });
  try {
    const { faults } = rig.bff.store;
    await rig.bff.stop();
    faults.cut();
    const unreachable = await refusal(() => rig.bff.restart());
    expect(unreachable.exitCode).toBe(2);
    expect(unreachable.output).toContain('store.url');
    expect(unreachable.output).toMatch(/cannot be used|connection|reached/);
    faults.mend();
    const undo = await faults.changePassword();
    const locked = await refusal(() => rig.bff.restart());
    expect(locked.exitCode).toBe(2);
    expect(locked.output).toMatch(/password/);
    expect(locked.output).not.toMatch(/another-secret|its-secret/);
    await undo();
    await rig.bff.restart();
    await rig.signedIn();
  } finally {
    await rig.close();
  }
}, 60_000);

const wrong: Record<string, string> = {
  'an unknown scheme': 'mongodb://user:s3cret@127.0.0.1/x',
  'no scheme': '/var/lib/s3cret',
  'a parameter that nobody knows': 'redis://:s3cret@127.0.0.1:1?prefx=a',
  'a port that is none': 'postgres://user:s3cret@127.0.0.1:99999/x',
  'nobody at that port': 'redis://:s3cret@127.0.0.1:1',
};

for (const [what, url] of Object.entries(wrong)) {
  test(`a store.url with ${what} stops the start, and its password is not repeated`, async () => {
    const failed = await refusal(() => startRig({ config: { store: { url } } }));
    expect(failed.exitCode).toBe(2);
    expect(failed.output).toContain('store.url');
    expect(failed.output).not.toContain('s3cret@');
    expect(failed.output).not.toMatch(/:s3cret/);
  });
}

test('a store.url that names a folder stops the start, and the rights of that folder stay as they are', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-conformance-'));
  await chmod(folder, 0o755);
  try {
    const failed = await refusal(() => startRig({ config: { store: { url: `sqlite:${folder}` } } }));
    expect(failed.exitCode).toBe(2);
    expect(failed.output).toContain('store.url');
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
