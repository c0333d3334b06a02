import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Idp, type IdpOptions, startIdp } from '../src/app.ts';
import { apiAudience, publicUrl } from './relying-party.ts';

/** A directory that is removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'coatcheck-idp-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Options for a server on a free port, with its state in a directory of its own. */
export async function testOptions(changes: Partial<IdpOptions> = {}): Promise<IdpOptions> {
  return {
    port: 0,
    host: '127.0.0.1',
    dataDirectory: changes.dataDirectory ?? (await temporaryDirectory()),
    publicUrl,
    apiAudience,
    lifetimes: { accessToken: 300, refreshToken: 28_800 },
    ...changes,
  };
}

/** A server that is closed after the test. */
export async function start(changes: Partial<IdpOptions> = {}): Promise<Idp> {
  const idp = await startIdp(await testOptions(changes));
  onTestFinished(() => idp.close());
  return idp;
}
