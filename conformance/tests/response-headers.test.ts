import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { faults, type Jar, rawRequest } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { createRecorder, type Seen } from '../evidence/recorder.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** TLS ends in front of the BFF, so that HSTS is due although the test speaks http. */
const publicHost = 'app.example.test';
const { seen, watch } = createRecorder({
  host: publicHost,
  origin: `https://${publicHost}`,
});
const app = mkdtempSync(path.join(tmpdir(), 'conformance-app-'));
let rig: Rig;
let raw: { name: string; headers: Headers; body: string }[];

beforeAll(async () => {
  writeFileSync(path.join(app, 'index.html'), '<!doctype html><title>App</title><div id="app"></div>');
  writeFileSync(path.join(app, 'robots.txt'), 'User-agent: *');
  rig = await startRig({ config: { publicUrl: `https://${publicHost}`, spa: { directory: app } } });
  await visitEverything();
  raw = await provokeParser();
});
afterAll(async () => {
  await rig.close();
  rmSync(app, { recursive: true });
});

async function signIn(jar: Jar): Promise<void> {
  const started = await jar.navigate(rig.bff.paths.login, { site: 'same-origin' });
  const callback = new URL(await rig.as.authorize(started.location ?? ''));
  await jar.navigate(`${callback.pathname}${callback.search}`, { site: 'cross-site' });
}

/** Every endpoint in every status that it can be brought to, as fetch and as navigation. */
async function visitEverything(): Promise<void> {
  const { login, session, extend, logout, logoutCallback, providers } = rig.bff.paths;
  const callback = rig.bff.paths.callback('main');
  const [anonymous, jar] = [watch(rig.jar()), watch(rig.jar())];
  const reads = [
    ...[login, `${login}?return_to=//evil`, `${login}?provider=none`, `${login}?max_age=x`],
    ...[
      callback,
      `${callback}?code=x&state=y`,
      `${callback}?state=%ff`,
      `${rig.bff.paths.callback('none')}?x`,
    ],
    ...[session, extend, logout, logoutCallback, `${logoutCallback}?state=x`, providers],
    ...['/bff', '/bff/none', '/api/notes', '/api/../x', '/api//x', '/api/%2fx', '/none', '/none.txt'],
    ...['/', '/deep/link', '/robots.txt', '/.env', '/%E0%A4%A', '/%00', '//', '/bff/%zz', '/api/%zz'],
  ];
  await signIn(jar);
  for (const who of [anonymous, jar]) {
    for (const target of reads) {
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
        if (target === logout && method === 'POST') continue;
        await who.fetch(target, { method, site: 'same-origin' });
      }
      await who.fetch(target, { site: 'cross-site' });
      await who.navigate(target, { site: 'same-origin' });
    }
    for (const [type, body] of [
      ['text/plain', 'x'],
      ['application/json', '{'],
      ['application/json', `"${'x'.repeat(20_000)}"`],
      ['application/x-www-form-urlencoded', 'return_to=//evil'],
    ] as const) {
      await who.fetch(logout, { method: 'POST', headers: { 'content-type': type }, body });
    }
    await who.fetch(session, { headers: { host: 'evil.test' } });
    await who.navigate('/', { headers: { host: 'evil.test' } });
    await who.fetch('/api/notes', { headers: { 'service-worker': 'script' } });
  }
  rig.upstream.on('*', 1, faults.html(200));
  await jar.navigate('/api/page', { site: 'same-origin' });
  rig.upstream.on('*', 1, faults.reset());
  await jar.fetch('/api/notes');
  for (const fault of [faults.status(500), faults.html(), faults.error('invalid_grant')]) {
    rig.as.on('token', 'once', fault);
    await signIn(watch(rig.jar()));
  }
  for (let start = 0; start < 6; start += 1) await anonymous.navigate(login, { site: 'same-origin' });
  await jar.fetch(logout, { method: 'POST' });
  await jar.fetch(logout, { method: 'POST' });
  const other = watch(rig.jar());
  await signIn(other);
  await other.navigate(logout, { method: 'POST', site: 'same-origin' });
}

/** Requests that Node's parser or the router refuses before any handler runs. */
async function provokeParser() {
  const host = `Host: ${publicHost}`;
  const requests: string[][] = [
    ['GARBAGE'],
    [`GET / HTTP/1.1`, host, 'Host: other.test'],
    ['GET / HTTP/1.1'],
    [`GET http://${publicHost}/ HTTP/1.1`, host],
    ['GET / HTTP/1.1', host, `Cookie: ${'a=b; '.repeat(8_000)}`],
    ['GET / HTTP/1.1', host, 'Bad Name: x'],
    ['POST /bff/logout HTTP/1.1', host, 'Content-Length: 3', 'Transfer-Encoding: chunked'],
  ];
  const answers = [];
  for (const lines of requests) {
    const answer = await rawRequest({ host: 'localhost', port: rig.bff.ports[0] ?? 0, lines });
    const headers = new Headers();
    for (const name of [...shared, 'content-type', 'cache-control', 'content-security-policy']) {
      for (const value of answer.header(name)) headers.append(name, value);
    }
    const name = `${lines.join(' | ').slice(0, 80)} ${answer.status}`;
    answers.push({ name, headers, body: answer.body.toString() });
  }
  return answers;
}

const shared = [
  'strict-transport-security',
  'x-content-type-options',
  'cross-origin-opener-policy',
  'referrer-policy',
];

/** The API's own words. */
function isRelayed({ answer }: Seen): boolean {
  return new URL(answer.url).pathname.startsWith('/api/') && answer.status < 400;
}

/** Neither those nor the app's files. */
function isOwn({ answer }: Seen): boolean {
  return new URL(answer.url).pathname.startsWith('/bff') || answer.status >= 400;
}

const plain = ({ name, answer }: Seen) => ({ name, headers: answer.headers });

function unprotected(answers: readonly { name: string; headers: Headers }[]): string[] {
  const good: Record<string, RegExp> = {
    'strict-transport-security': /^max-age=(31536000|[4-9]\d{7}|\d{9,})\b/,
    'x-content-type-options': /^nosniff$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'referrer-policy': /^(no-referrer|same-origin|strict-origin|strict-origin-when-cross-origin)$/,
  };
  expect(answers.length).toBeGreaterThan(0);
  const missing = answers.flatMap(({ name, headers }) => {
    const fields = shared.filter((field) => !good[field]?.test(headers.get(field) ?? ''));
    return fields.length > 0 ? [`${name}: ${fields.join(', ')}`] : [];
  });
  return [...new Set(missing)];
}

const isHtml = (headers: Headers) => headers.get('content-type')?.startsWith('text/html') ?? false;

requirement('BFF-HDR-01', 'nothing that the BFF says itself may be stored', () => {
  const own = seen.filter(isOwn);
  const statuses = [...new Set(own.map(({ answer }) => answer.status))].sort();
  expect(statuses).toEqual([200, 302, 303, 400, 401, 403, 404, 405, 413, 415, 421, 429, 502, 503]);
  const storable = [...own.map(plain), ...raw]
    .filter(({ headers }) => !headers.get('cache-control')?.split(/, */).includes('no-store'))
    .map(({ name }) => name);
  expect([...new Set(storable)]).toEqual([]);
});

requirement('BFF-HDR-02', 'every page has a policy without inline script, plugin, base or frame', () => {
  const pages = seen.filter(({ answer, body }) => isHtml(answer.headers) && body.length > 0);
  expect(new Set(pages.map(({ answer }) => answer.status)).size).toBeGreaterThan(5);
  const weak = pages.flatMap(({ name, answer }) => {
    const policy = policyOf(answer.headers);
    const scripts = policy.get('script-src') ?? policy.get('default-src') ?? '*';
    const none = ['object-src', 'base-uri', 'frame-ancestors'].filter((directive) => {
      // object-src falls back to default-src (CSP3 §6.1.7); the API's pages are in a sandbox besides.
      const fallback = directive === 'object-src' ? policy.get('default-src') : undefined;
      return (policy.get(directive) ?? fallback) !== "'none'";
    });
    const problems = [...none, ...(/'unsafe-|https?:|\*/.test(scripts) ? [`script-src ${scripts}`] : [])];
    return problems.length > 0 ? [`${name}: ${problems.join(', ')}`] : [];
  });
  expect([...new Set(weak)]).toEqual([]);
});

requirement('BFF-HDR-03', 'every answer of the BFF has the same four protections', () => {
  expect(unprotected(seen.filter((one) => !isRelayed(one)).map(plain))).toEqual([]);
});

requirement('BFF-HDR-03', 'and so has every answer of an API', () => {
  expect(unprotected(seen.filter(isRelayed).map(plain))).toEqual([]);
});

requirement('BFF-HDR-03', 'and so has what the HTTP parser refuses', () => {
  expect(unprotected(raw)).toEqual([]);
});

requirement('BFF-HDR-03', 'every body says what it is, and every text in which characters', () => {
  const bodies = [
    ...seen.map(({ name, answer, body }) => ({ name, headers: answer.headers, body: String(body) })),
    ...raw,
  ].filter(({ body }) => body !== '');
  const vague = bodies.filter(({ headers, body }) => {
    const type = headers.get('content-type') ?? '';
    if (/^application\/(problem\+)?json\b/.test(type)) return !['{', '['].includes(body[0] ?? '');
    return !/^text\/[\w-]+; ?charset=utf-8$/i.test(type);
  });
  expect([...new Set(vague.map(({ name, headers }) => `${name}: ${headers.get('content-type')}`))]).toEqual(
    [],
  );
});

requirement('BFF-HDR-04', 'a sign-out empties the cache, and the API knows nobody after it', async () => {
  // What the back button shows is a test of e2e.
  const jar = watch(rig.jar());
  await signIn(jar);
  expect((await jar.fetch('/api/notes')).status).toBe(200);
  for (const time of ['first', 'again']) {
    const answer = await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
    expect(answer.headers.get('clear-site-data'), time).toContain('"cache"');
  }
  expect((await jar.fetch('/api/notes')).status).toBe(401);
});

function policyOf(headers: Headers): Map<string, string> {
  const directives = (headers.get('content-security-policy') ?? '').split(';').map((one) => one.trim());
  return new Map(directives.map((one) => [one.split(' ', 1)[0] ?? '', one.split(' ').slice(1).join(' ')]));
}
