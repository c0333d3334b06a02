import { connect } from 'node:net';
import type { Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Random, seeded } from '../corpora/random.ts';
import { residentMiB } from '../evidence/process-memory.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes } from '../wire/call.ts';

const seed = 20_261_124;
let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({ config: { log: { level: 'warn' } } });
  jar = await rig.signedIn();
});
afterAll(() => rig.close());

/** Sends each request on a connection of its own, a few at a time, and counts how they were answered; 0: not at all. */
async function statusesOf(requests: readonly string[]): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  const queue = [...requests];
  const worker = async () => {
    for (let bytes = queue.pop(); bytes !== undefined; bytes = queue.pop()) {
      const status = await statusOf(bytes);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return seen;
}

function statusOf(bytes: string): Promise<number> {
  const socket = connect({ host: 'localhost', port: rig.bff.ports[0] ?? 0 });
  return new Promise<number>((resolve) => {
    socket.once('data', (chunk) =>
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1'))?.[1] ?? 0)),
    );
    socket.once('close', () => resolve(0));
    socket.once('error', () => resolve(0));
    // The server would wait for the rest of what it takes for a beginning, so our side ends.
    socket.end(bytes, 'latin1');
  }).finally(() => socket.destroy());
}

async function expectSound(statuses: Map<number, number>, pid: number | undefined): Promise<void> {
  const broken = [...statuses].filter(([status]) => status >= 500);
  expect(broken).toEqual([]);
  expect(rig.bff.pids[0]).toBe(pid);
  expect(rig.bff.exitCodes).toEqual([undefined]);
  expect((await rig.call(jar)).status).toBe(200);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  expect(rig.bff.log()).not.toMatch(/request failed|internal_error|uncaught/i);
}

const names: [string, ...string[]] = [
  'Host',
  'Cookie',
  'Authorization',
  'Content-Length',
  'Transfer-Encoding',
  'Accept',
];
names.push(
  'Connection',
  'Expect',
  'Origin',
  'Sec-Fetch-Site',
  'Range',
  'X-Forwarded-For',
  'Via',
  'traceparent',
  'DPoP',
  'TE',
);
const methods: [string, ...string[]] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'QUERY',
  'FOO',
];

function randomRequest(random: Random, host: string, cookie: string): string {
  if (random.below(20) === 0) return random.bytes(random.below(300));
  const { login, session, logout, extend, providers } = rig.bff.paths;
  const paths: [string, ...string[]] = [
    '/api/x',
    '/',
    '/bff',
    login,
    session,
    extend,
    providers,
    rig.bff.paths.callback('main'),
  ];
  // Signing the person out would end the run.
  const path = `${random.pick(paths)}${random.pick(['', '?', '/..', '%', ';', '//', random.bytes(5), `?${random.bytes(9)}`, logout])}`;
  const lines = [`${random.pick(methods)} ${path} HTTP/1.${random.pick(['1', '1', '1', '0', '2'])}`];
  if (random.below(10) > 0) lines.push(`Host: ${host}`);
  if (random.below(3) > 0) lines.push('Sec-Fetch-Site: same-origin');
  if (random.below(2) > 0)
    lines.push(
      `Cookie: ${random.pick([cookie, cookie.slice(random.below(cookie.length)), random.bytes(40)])}`,
    );
  for (let more = random.below(4); more > 0; more -= 1) {
    const value = random.pick([
      'chunked',
      '5',
      '0',
      'close',
      '100-continue',
      random.bytes(12),
      'a, b',
      '=;,"',
    ]);
    lines.push(`${random.pick(names)}${random.pick([':', ': ', ' :', ':\t', ''])}${value}`);
  }
  const body = random.pick(['', '', random.bytes(random.below(60)), '5\r\nhello\r\n0\r\n\r\n', '{"a":1}']);
  return `${lines.join(random.pick(['\r\n', '\r\n', '\r\n', '\n']))}\r\n\r\n${body}`;
}

requirement(
  'BFF-BAD-06',
  'ten thousand random requests break nothing',
  async () => {
    const random = seeded(seed);
    const [pid] = rig.bff.pids;
    const { host } = new URL(rig.bff.url);
    const cookie = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const requests = Array.from({ length: 10_000 }, () => randomRequest(random, host, cookie));
    await statusesOf(requests.slice(0, 2_000));
    const before = residentMiB(pid);
    const statuses = await statusesOf(requests.slice(2_000));
    // The corpus reaches further than the parser.
    for (const status of [200, 400, 401, 403, 404, 405]) expect([...statuses.keys()]).toContain(status);
    await expectSound(statuses, pid);
    expect(residentMiB(pid) - before).toBeLessThan(80);
  },
  60_000,
);

advisory(53, 'BFF-BAD-06', 'credentials that make no sense are no credentials', async () => {
  const random = seeded(seed + 1);
  const [pid] = rig.bff.pids;
  const pieces: [string, ...string[]] = [
    'Bearer',
    'Basic',
    'DPoP',
    ' ',
    '  ',
    '\t',
    ',',
    '=',
    '"',
    ':',
    ';',
    '%',
    '\\',
    '{}',
    '\xff',
    'a.b.c',
  ];
  const value = () =>
    Array.from({ length: random.below(8) }, () => random.pick([random.pick(pieces), random.bytes(3)])).join(
      '',
    );
  const requests = Array.from({ length: 1_000 }, () => {
    const name = random.pick([
      'Authorization',
      'Cookie',
      'Proxy-Authorization',
      'DPoP',
      `Cookie: ${rig.bff.cookies.ticket}=`,
    ]);
    const line = name.includes(':') ? `${name}${value()}` : `${name}: ${value()}`;
    const path = random.pick([
      '/api/x',
      rig.bff.paths.session,
      rig.bff.paths.login,
      rig.bff.paths.logoutCallback,
    ]);
    return callBytes(rig, rig.jar(), `GET ${path} HTTP/1.1`, `${line}\r\n`);
  });
  rig.upstream.clearRecords();
  const statuses = await statusesOf(requests);
  expect(rig.upstream.hits()).toBe(0);
  expect(
    [...statuses.keys()].filter((status) => ![0, 200, 302, 303, 400, 401, 429].includes(status)),
  ).toEqual([]);
  await expectSound(statuses, pid);
});
