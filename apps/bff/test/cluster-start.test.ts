import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { configFile, run, workingConfig } from './command.ts';
import { patience, shared } from './two-workers.ts';

describe('a start with several workers', () => {
  it.each([2, 'auto'])('refuses a memory store with workers: %s', async (workers) => {
    const result = await run(['serve', '--config', configFile({ ...workingConfig(), workers })]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(
      /^The configuration cannot be used:\n {2}workers: .*store\.url \(memory:\).*sqlite:.*\n$/,
    );
    expect(result.stdout).toBe('');
  });

  it('takes the number from the environment', () => {
    const withStore = configFile({ ...workingConfig(), store: { url: 'sqlite:sessions.db' } });
    expect(loadConfig(withStore, { COATCHECK_WORKERS: '4' }).workers).toBe(4);
    expect(loadConfig(withStore, { COATCHECK_WORKERS: 'auto' }).workers).toBe('auto');
    expect(() => loadConfig(withStore, { COATCHECK_WORKERS: 'some' })).toThrow(/ {2}workers: must be/);
    expect(() => loadConfig(withStore, { COATCHECK_WORKERS: '0' })).toThrow(/ {2}workers: must be/);
    expect(() => loadConfig(configFile(workingConfig()), { COATCHECK_WORKERS: '4' })).toThrow('workers: (4)');
  });

  it(
    'tells once what no worker can start with, and ends',
    async () => {
      const config = configFile(shared({ spa: { directory: 'nowhere' } }));
      const result = await run(['serve', '--config', config]);
      expect(result.code).toBe(2);
      expect(result.stderr.match(/spa\.directory: holds no index\.html/g)).toHaveLength(1);
      expect(result.stderr).not.toContain('    at ');
    },
    patience,
  );

  it(
    'names a port that is taken, that of the management too',
    async () => {
      const other = createServer().listen(0, 'localhost');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      for (const key of ['listen', 'management']) {
        const result = await run(['serve', '--config', configFile(shared({ [key]: { port } }))]);
        expect(result.code).toBe(2);
        expect(result.stderr).toBe(
          `Port ${port} on localhost is taken by another program. Set ${key}.port to a free one.\n`,
        );
      }
      other.close();
    },
    patience,
  );
});
