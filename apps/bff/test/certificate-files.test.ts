import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '@coatcheck/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { watchPair } from '../src/tls.ts';
import { configFile, ownFolder, workingConfig } from './command.ts';

let stop: () => void = () => undefined;
afterEach(() => stop());

/** As programs that renew certificates do: the new file takes the place of the old one. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

describe('a pair of files', () => {
  it('is read again whenever it changes, also after one that could not be used', async () => {
    const folder = ownFolder();
    const files = { cert: join(folder, 'cert'), key: join(folder, 'key') };
    for (const file of Object.values(files)) writeFileSync(file, '0');
    let used = '0';
    let failure: string | undefined;
    const reload = () => {
      const text = readFileSync(files.cert, 'utf8') + readFileSync(files.key, 'utf8');
      if (text.includes('broken')) throw new Error('broken');
      used = text;
    };
    stop = watchPair(files, reload, (error) => {
      failure = error?.message;
    });
    const until = (text: string, why?: string) =>
      vi.waitFor(() => expect([used, failure]).toEqual([text, why]), { timeout: 5_000 });
    replace(files.cert, '1');
    await until('10');
    replace(files.cert, 'broken');
    await until('10', 'broken');
    replace(files.cert, '2');
    await until('20');
    replace(files.key, '3');
    await until('23');
  });
});

describe('the configuration', () => {
  it('keeps in mind which client certificates come from files, by their whole path', async () => {
    const folder = ownFolder();
    const { cert, key } = await makeCertificate();
    writeFileSync(join(folder, 'client.pem'), cert);
    writeFileSync(join(folder, 'client.key'), key);
    const provider = { issuer: 'http://127.0.0.1:1', clientId: 'c', clientSecret: 's' };
    const given = {
      ...workingConfig(),
      providers: [
        { ...provider, id: 'by-text', clientCertificate: { cert, key } },
        {
          ...provider,
          id: 'by-file',
          clientCertificate: { cert: { file: 'client.pem' }, key: { file: 'client.key' } },
        },
      ],
    };
    expect(loadConfig(configFile(given, folder), {}).certificateFiles).toEqual([
      { provider: 'by-file', cert: join(folder, 'client.pem'), key: join(folder, 'client.key') },
    ]);
    expect(loadConfig(configFile(workingConfig()), {}).certificateFiles).toBeUndefined();
  });
});
