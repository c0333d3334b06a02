import { faults, type Handler, type Jar, type UpstreamExchange } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createLeakSearch } from '../evidence/leak-search.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [{ prefix: '/api', upstream: url, config: { timeout: '500ms' } }],
    config: { log: { level: 'trace' } },
  });
  jar = await rig.signedIn();
});
afterEach(async () => {
  await rig.upstream.comeBack();
  rig.reset();
});
afterAll(() => rig.close());

/** Nobody was thrown out, the next call works, and nothing secret is in the log. */
async function expectUntouched(pid: number | undefined): Promise<void> {
  await rig.upstream.comeBack();
  rig.upstream.reset();
  expect((await rig.call(jar)).status).toBe(200);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  expect(rig.bff.pids[0]).toBe(pid);
  expect(createLeakSearch(rig.as.canaries())(rig.bff.log())).toEqual([]);
}

const broken: [string, Handler<UpstreamExchange>, number, string][] = [
  ['hangs', faults.never(), 504, 'upstream_timeout'],
  ['closes the connection', faults.reset(), 502, 'upstream_unreachable'],
  ['answers no HTTP', faults.rawBytes('SSH-2.0-OpenSSH\r\n'), 502, 'upstream_invalid'],
  ['answers half a line', faults.rawBytes('HTTP/1.1 20'), 502, 'upstream_unreachable'],
  [
    'answers two lengths',
    faults.rawBytes('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'),
    502,
    'upstream_invalid',
  ],
  [
    'answers a field with a line break',
    faults.rawBytes('HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n'),
    502,
    'upstream_invalid',
  ],
  [
    'switches protocols unasked',
    faults.rawBytes('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    502,
    'upstream_invalid',
  ],
  [
    'answers 100 KB of fields',
    faults.answer({ status: 200, headers: { 'x-large': 'x'.repeat(100_000) } }),
    502,
    'upstream_invalid',
  ],
  [
    'answers status 999',
    faults.rawBytes('HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n'),
    502,
    'upstream_invalid',
  ],
  ['redirects elsewhere', faults.redirect('https://evil.test/'), 502, 'upstream_invalid'],
];

for (const [how, fault, status, code] of broken) {
  requirement(
    'BFF-PROXY-19',
    `an API that ${how} is answered ${status} ${code}, without internals`,
    async () => {
      const [pid] = rig.bff.pids;
      rig.upstream.on('*', 'always', fault);
      for (const answer of [
        await jar.fetch('/api/notes'),
        await jar.fetch('/api/notes', { method: 'POST', json: { title: 'x' } }),
      ]) {
        expect(answer.status).toBe(status);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(answer.headers.get('coatcheck-problem')).toBe(code);
        const text = await answer.text();
        expect(JSON.parse(text)).toMatchObject({ code, status });
        expect(text).not.toMatch(/127\.0\.0\.1|ECONN|UND_ERR|undici|\.ts|SSH/);
      }
      const page = await jar.navigate('/api/notes', { site: 'same-origin' });
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).toContain(code);
      await expectUntouched(pid);
    },
  );
}

requirement(
  'BFF-PROXY-19',
  'an API that is down is answered 502, and works again when it is back',
  async () => {
    const [pid] = rig.bff.pids;
    await rig.upstream.goDown();
    const answer = await rig.call(jar);
    expect(answer.status).toBe(502);
    expect(answer.headers.get('coatcheck-problem')).toBe('upstream_unreachable');
    await expectUntouched(pid);
  },
);

const cut: Record<string, Handler<UpstreamExchange>> = {
  'with a length': ({ response }) => {
    response.writeHead(200, { 'content-length': '1000', 'content-type': 'application/json' });
    response.write('{"half":');
    setImmediate(() => response.socket?.resetAndDestroy());
    return 'handled';
  },
  'in chunks': ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"half":');
    setImmediate(() => response.socket?.resetAndDestroy());
    return 'handled';
  },
  'and then hangs': async (exchange, next) => {
    exchange.response.writeHead(200, { 'content-length': '1000', 'content-type': 'application/json' });
    exchange.response.write('{"half":');
    return faults.never()(exchange, next);
  },
  'and sends too much': faults.rawBytes(
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nmore',
  ),
};

for (const [how, fault] of Object.entries(cut)) {
  requirement('BFF-PROXY-19', `half an answer is never passed on as a whole one: ${how}`, async () => {
    const [pid] = rig.bff.pids;
    rig.upstream.on('*', 'always', fault);
    const outcome = await jar.fetch('/api/notes').then(
      async (answer) => `${answer.status} ${await answer.text()}`,
      () => 'cut off',
    );
    expect(how === 'and sends too much' ? ['200 {}', 'cut off'] : ['cut off']).toContain(outcome);
    await expectUntouched(pid);
  });
}
