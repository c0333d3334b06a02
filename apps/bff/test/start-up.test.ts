import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFile, ownFolder, run, start, workingConfig } from './command.ts';

describe('start-up', () => {
  it.each([
    [
      'BFF-OPS-01: a missing file',
      '/nowhere/coatcheck.json',
      /\/nowhere\/coatcheck\.json: cannot be read \(ENOENT\)/,
    ],
    ['broken JSON', '{"publicUrl": ', /is no JSON/],
    ['a list', '[]', /is no JSON object/],
  ])('refuses %s with one message', async (_what, config, message) => {
    const path = config.startsWith('/') ? config : configFile(config);
    const result = await run(['serve', '--config', path]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toContain('    at ');
  });

  it('BFF-OPS-01: names missing, misspelt and contradictory keys at once', async () => {
    const { publicUrl: _, ...rest } = workingConfig();
    const config = {
      ...rest,
      stoer: {},
      spa: { directory: 'x', devServer: 'http://x' },
      session: { idleTimeout: '2d' },
    };
    const result = await run(['serve', '--config', configFile(config)]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/publicUrl: is missing/);
    expect(result.stderr).toMatch(/stoer: is not an option\. Did you mean store\?/);
    expect(result.stderr).toMatch(/spa: has both directory and devServer/);
    expect(result.stderr).toMatch(/session\.idleTimeout: \(2d\) is longer than session\.absoluteTimeout/);
  });

  it('reads secrets from files and variables, and the environment over the file', async () => {
    const folder = ownFolder();
    const config = { ...workingConfig(), keys: [{ file: 'key' }], session: { idleTimeout: '1h' } };
    const result = await run(['serve', '--config', configFile(config, folder)], {
      COATCHECK_SESSION_IDLE_TIMEOUT: 'soon',
      COATCHECK_LISTEN_PROT: '1',
    });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/keys\[0\]: refers to a file that cannot be read \(ENOENT\)/);
    expect(result.stderr).toMatch(/session\.idleTimeout: must match pattern/);
    expect(result.stderr).toMatch(/COATCHECK_LISTEN_PROT: names no option/);
  });

  it('names a port that is taken', async () => {
    const other = createServer().listen(0, 'localhost');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const result = await run(['serve', '--config', configFile({ ...workingConfig(), listen: { port } })]);
    other.close();
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`Port ${port} on localhost is taken`);
    expect(result.stderr).not.toContain('    at ');
  });

  it('says which store cannot be used, and why', async () => {
    const folder = ownFolder();
    writeFileSync(
      join(folder, 'sessions.db'),
      'this is no database, but long enough to be taken for one '.repeat(50),
    );
    const result = await run([
      'serve',
      '--config',
      configFile({ ...workingConfig(), store: { url: 'sqlite:sessions.db' } }, folder),
    ]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('sessions.db');
    expect(result.stderr).not.toContain('    at ');
    const unknown = await run([
      'serve',
      '--config',
      configFile({ ...workingConfig(), store: { url: 'mysql://x' } }),
    ]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('store.url');
  });

  it('says that the folder of the store cannot be written', async () => {
    const folder = ownFolder();
    writeFileSync(join(folder, 'file'), '');
    const store = { url: 'sqlite:file/sessions.db' };
    const result = await run(['serve', '--config', configFile({ ...workingConfig(), store }, folder)]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('file/sessions.db');
    expect(result.stderr).not.toContain('    at ');
  });

  it('says which build of the app is missing', async () => {
    const result = await run([
      'serve',
      '--config',
      configFile({ ...workingConfig(), spa: { directory: 'nowhere' } }),
    ]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/spa\.directory: holds no index\.html/);
  });

  it('BFF-KEY-06: starts while the provider is down, and ends on SIGTERM', async () => {
    const child = start(['serve', '--config', configFile(workingConfig())]);
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (part) => {
        log += String(part);
        if (log.includes('"event":"ready"')) resolve();
      });
      child.once('exit', () => reject(new Error(log)));
    });
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
  });

  it('makes keys, each of its own, that it takes itself', async () => {
    const [one, two] = await Promise.all([run(['keys', 'generate']), run(['keys', 'generate'])]);
    expect(one.stdout).toMatch(/^[\w-]{43}\n$/);
    expect(one.stdout).not.toBe(two.stdout);
  });

  it('prints its JSON Schema', async () => {
    const result = await run(['config', 'schema']);
    expect(JSON.parse(result.stdout)).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it('tells a wrong call from a broken one', async () => {
    expect((await run(['serve', '--confg', 'x'])).code).toBe(2);
  });
});
