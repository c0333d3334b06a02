import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { StartFailed, type Wanted } from '../adapters/adapter.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const secret = 'S3cret-that-no-message-may-quote';
let rig: Rig;
let before: Jar;
beforeAll(async () => {
  rig = await startRig();
  before = await rig.signedIn();
});
afterAll(() => rig.close());

/** Starts with a configuration that cannot be used. @returns what it said */
async function refusal(change: Partial<Pick<Wanted, 'config' | 'env'>>): Promise<string> {
  const failure: unknown = await rig.bff.restart(change).then(
    () => 'it started',
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StartFailed);
  if (!(failure instanceof StartFailed)) return '';
  expect(failure.exitCode).toBeGreaterThan(0);
  // A message for people: no stack, no secret.
  expect(failure.output).not.toMatch(/^ +at /m);
  expect(failure.output).not.toContain(secret);
  expect(failure.output).not.toContain(rig.as.client.clientSecret);
  return failure.output;
}

const provider = { id: 'main', issuer: 'https://id.example', clientId: 'app', clientSecret: secret };

requirement('BFF-OPS-01', 'insecure choices prevent the start, and all are told at once', async () => {
  const output = await refusal({
    config: {
      publicUrl: 'http://app.example',
      providers: [
        { ...provider, issuer: 'http://id.example' },
        { ...provider, id: 'two', issuer: 'https://user:pw@id.example' },
        {
          ...provider,
          id: 'three',
          scopes: ['profile'],
          authorizationParameters: { code_challenge_method: 'plain' },
        },
      ],
      routes: [
        { prefix: '/api', upstream: `https://user:${secret}@api.internal` },
        { prefix: '/bff/x', upstream: 'https://api.internal' },
        { prefix: '/files', upstream: 'ftp://api.internal' },
      ],
      trustedProxies: ['0.0.0.0/0', '*'],
    },
  });
  for (const key of [
    'publicUrl',
    'providers[0].issuer',
    'providers[1].issuer',
    'providers[2].scopes',
    'providers[2].authorizationParameters',
    'routes[0].upstream',
    'routes[1].prefix',
    'routes[2].upstream',
    'trustedProxies[0]',
    'trustedProxies[1]',
  ]) {
    expect(output).toContain(key);
  }
});

requirement(
  'BFF-OPS-01',
  'keys that are short, printed somewhere or no random value prevent the start',
  async () => {
    const text = (bytes: string) => Buffer.from(bytes).toString('base64url');
    const keys = [
      text('31 bytes are one byte too few..'),
      text('33 bytes are one byte too many ..'),
      'A'.repeat(43),
      Buffer.alloc(32, 0xff).toString('base64url'),
      text('abababababababababababababababab'),
      'not base64url at all, however long it is!',
      '',
    ];
    const output = await refusal({ config: { keys } });
    for (const at of keys.keys()) expect(output).toContain(`keys[${at}]`);
    for (const key of keys.filter((one) => one.length > 20)) expect(output).not.toContain(key);
  },
);

for (const publicUrl of ['*', 'https://*.app.example']) {
  requirement('BFF-OPS-01', `a public address of ${publicUrl} prevents the start`, async () => {
    expect(await refusal({ config: { publicUrl } })).toContain('publicUrl');
  });
}

requirement('BFF-OPS-01', 'options that are missing are all named', async () => {
  const missing = await refusal({
    config: { publicUrl: undefined, keys: undefined, store: undefined, providers: undefined },
  });
  for (const key of ['publicUrl', 'keys', 'store', 'providers'])
    expect(missing).toMatch(new RegExp(`^ *${key}: is missing`, 'm'));
});

requirement(
  'BFF-OPS-01',
  'options that are misspelt or of the wrong kind are all named, however many',
  async () => {
    const output = await refusal({
      config: {
        publicURL: 'https://app.example',
        session: { idleTimout: '5m', absoluteTimeout: '10 minutes' },
        providers: [{ ...provider, clientSecrets: secret, clientSecret: 7, requestTimeout: secret }],
        routes: [{ prefix: 'api', upstream: 'https://api.internal', method: ['GET'] }],
        cors: { origin: '*' },
        guard: 'off',
      },
      env: { COATCHECK_SESION_IDLE_TIMEOUT: '5m', COATCHECK_PROVIDERS_0_CLIENT_SECRET_FILE: '/none' },
    });
    expect(output).toContain('Did you mean idleTimeout?');
    const keys = [
      ...['publicURL', 'session.idleTimout', 'session.absoluteTimeout', 'cors', 'guard'],
      ...[
        'providers[0].clientSecrets',
        'providers[0].requestTimeout',
        'routes[0].prefix',
        'routes[0].method',
      ],
      ...['COATCHECK_SESION_IDLE_TIMEOUT', 'COATCHECK_PROVIDERS_0_CLIENT_SECRET_FILE'],
    ];
    expect(keys.filter((key) => !output.includes(key))).toEqual([]);
  },
);

requirement('BFF-OPS-01', 'options that contradict each other are all named', async () => {
  const contradicting = await refusal({
    config: {
      session: { idleTimeout: '2h', absoluteTimeout: '1h' },
      spa: { directory: '.', devServer: 'http://localhost:1' },
      tls: { cert: 'cert.pem', key: 'key.pem' },
      providers: [provider, provider],
    },
    env: {},
  });
  for (const key of ['session.idleTimeout', 'spa', 'tls', 'providers[1].id'])
    expect(contradicting).toContain(key);
});

requirement('BFF-OPS-01', 'a port that is taken is named, and so is the option that sets it', async () => {
  const other = createServer().listen({ port: 0, host: 'localhost' });
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  for (const option of ['listen', 'management']) {
    const output = await refusal({ config: { [option]: { port } } });
    expect(output).toContain(String(port));
    expect(output).toContain(`${option}.port`);
  }
  other.close();
});

requirement('BFF-OPS-01', 'a store that cannot be written to prevents the start', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'conformance-store-'));
  for (const url of [`sqlite:${folder}`, 'sqlite:/dev/null/sessions.db', 'mysql://x']) {
    expect(await refusal({ config: { store: { url } } }), url).toMatch(/store|sqlite|\/proc|\/dev\/null/i);
  }
  rmSync(folder, { recursive: true });
});

requirement('BFF-OPS-01', 'after all that, those who were signed in still are', async () => {
  await rig.bff.restart({ config: {}, env: {} });
  expect(await rig.session(before)).toMatchObject({ authenticated: true });
});
