import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startIdp } from '../src/app.ts';
import { send } from './http.ts';
import { start, temporaryDirectory, testOptions } from './start.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs `node apps/idp/src/main.ts`. */
async function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: { IDP_PORT: '0', DATA_DIR: await temporaryDirectory(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const ready = async (): Promise<string> => {
    const line = () => said.out.split('\n').find((text) => text.includes('"ready"'));
    await expect.poll(line, { timeout: 15_000 }).toBeDefined();
    return JSON.parse(line() ?? '{}').issuer;
  };
  return { child, said, ended, ready };
}

describe('BFF-OP-01: the process', () => {
  test('ends with code 2 and a message where NODE_ENV is production', async () => {
    const { ended, said } = await run({ NODE_ENV: 'production' });
    expect(await ended).toBe(2);
    expect(said.err).toContain('NODE_ENV: is "production"');
    expect(said.err).toContain('IDP_I_KNOW_THIS_IS_A_DEMO=1');
    expect(said.out).toBe('');
  });

  test('ends with code 2 on an address that others can reach, and tells all problems', async () => {
    const { ended, said } = await run({
      IDP_HOST: '0.0.0.0',
      IDP_ISSUER: 'http://idp.example',
      IDP_PORT: 'x',
    });
    expect(await ended).toBe(2);
    for (const key of ['IDP_HOST', 'IDP_ISSUER', 'IDP_PORT']) expect(said.err).toContain(`${key}: `);
  });

  test('runs in production with the override, and says so loudly', async () => {
    const { child, ended, ready, said } = await run({
      NODE_ENV: 'production',
      IDP_I_KNOW_THIS_IS_A_DEMO: '1',
    });
    await ready();
    expect(said.out).toContain('"warning"');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('is refused by the function too', async () => {
    await expect(startIdp(await testOptions({ host: '0.0.0.0' }))).rejects.toThrow('IDP_HOST');
    await expect(startIdp(await testOptions({ issuer: 'http://idp.example' }))).rejects.toThrow('IDP_ISSUER');
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it cleanly, and nothing but our lines was written',
  async (signal) => {
    const { child, ended, ready, said } = await run({});
    const issuer = await ready();
    expect((await send(`${issuer}/.well-known/openid-configuration`)).status).toBe(200);
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(said.err).toBe('');
    expect(
      said.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(['ready', 'stopped']);
  },
);

test('the emulators run beside it where their ports are given, each with a client secret of its own', async () => {
  const dataDirectory = await temporaryDirectory();
  const ports = { GOOGLE_EMULATOR_PORT: '0', GITHUB_EMULATOR_PORT: '0', FACEBOOK_EMULATOR_PORT: '0' };
  const { child, ended, ready, said } = await run({ DATA_DIR: dataDirectory, ...ports });
  await ready();
  const lines = said.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [google, github, facebook] = lines.filter(({ event }) => event === 'emulator.ready');
  expect((await send(`${google.url}/.well-known/openid-configuration`)).status).toBe(200);
  expect((await send(`${github.url}/user`)).status).toBe(403);
  expect((await send(`${facebook.url}/v24.0/me`)).status).toBe(400);
  const secrets = ['google', 'github', 'facebook'].map((brand) => {
    const file = join(dataDirectory, 'idp', `${brand}-client-secret`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    return readFileSync(file, 'utf8').trim();
  });
  expect(new Set(secrets).size).toBe(3);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('an emulator that cannot start ends it all with code 1', async () => {
  const port = new URL((await start()).issuer).port;
  const { ended, said } = await run({ GITHUB_EMULATOR_PORT: port });
  expect(await ended).toBe(1);
  expect(said.err).toContain(`GITHUB_EMULATOR_PORT: ${port} is taken`);
});

test('a taken port ends it with code 1 and one line', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    holder.close();
  });
  const address = holder.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { ended, said } = await run({ IDP_PORT: port });
  expect(await ended).toBe(1);
  expect(said.err).toBe(
    `IDP_PORT: ${port} is taken: end what listens there, or set IDP_PORT to a free port\n`,
  );
});

test('it answers at the loopback address that it is given', async () => {
  const idp = await start({ host: '127.0.0.2' });
  expect(idp.issuer).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  expect((await send(`${idp.issuer}/.well-known/openid-configuration`)).status).toBe(200);
});
