import { headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { spellingsOf, spoofedFields } from '../corpora/spoofed-fields.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, callLines, sendBytes, sendLines } from '../wire/call.ts';

const prefixes = ['/api', '/maybe', '/open'];
let rig: Rig;
let jar: Jar;
let ordinary: string[];
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url, config: { methods: ['GET', 'POST', 'OPTIONS'] } },
      { prefix: '/maybe', upstream: url, config: { session: 'optional', methods: ['GET', 'OPTIONS'] } },
      { prefix: '/open', upstream: url, config: { session: 'none', methods: ['GET', 'OPTIONS'] } },
    ],
  });
  jar = await rig.signedIn();
  await sendLines(rig, callLines(rig, jar));
  ordinary = namesAt(0);
  rig.reset();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** The names of the fields that the API got, as it may tell them apart. */
function namesAt(index: number): string[] {
  const raw = rig.upstream.requests[index]?.rawHeaders ?? [];
  return raw.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'));
}

const forged = '6.6.6.6';

/** Sends lines beside a proper call's; the API must see what it sees of the call alone. */
async function expectUnheard(lines: string[], requestLine = 'GET /api/notes HTTP/1.1'): Promise<void> {
  const about = `${requestLine} ${lines.join(' | ')}`;
  rig.upstream.clearRecords();
  expect((await sendLines(rig, [...callLines(rig, jar, requestLine), ...lines])).status, about).toBe(200);
  const expected = requestLine.includes('/open')
    ? ordinary.filter((name) => name !== 'authorization')
    : ordinary;
  expect(namesAt(0), about).toEqual(expected);
  expect(rig.upstream.requests[0]?.rawHeaders.join('\n'), about).not.toContain(forged);
}

advisory(
  [24, 49, 70],
  ['BFF-PROXY-07', 'BFF-PROXY-01'],
  'nothing that a client claims about itself reaches the API, in no spelling',
  async () => {
    for (let at = 0; at < spoofedFields.length; at += 10) {
      const spellings = spoofedFields.slice(at, at + 10).flatMap(spellingsOf);
      await expectUnheard(spellings.map((spelling) => `${spelling}: ${forged}`));
    }
    expect(namesAt(0).filter((name) => name === 'x-forwarded-for')).toHaveLength(1);
  },
);

advisory(37, 'BFF-PROXY-07', 'nor on routes without a session, and nor by OPTIONS', async () => {
  const lines = spoofedFields.map((name) => `${name.replaceAll('-', '_')}: ${forged}`);
  for (const prefix of prefixes) {
    for (const method of ['GET', 'OPTIONS']) {
      for (let at = 0; at < lines.length; at += 60) {
        const proof = [`Origin: ${rig.bff.url}`, ...lines.slice(at, at + 60)];
        await expectUnheard(proof, `${method} ${prefix}/notes HTTP/1.1`);
      }
    }
  }
});

requirement(['BFF-PROXY-05', 'BFF-PROXY-06'], 'the API sees one credential, which is ours', async () => {
  const token = headerValues((await expectOne()) ?? { rawHeaders: [] }, 'authorization');
  expect(token).toEqual([expect.stringMatching(/^Bearer ey/)]);
  const names = ['Authorization', 'Cookie', 'Cookie2', 'DPoP', 'Proxy-Authorization'];
  for (const spelling of names.flatMap(spellingsOf)) {
    await expectUnheard([`${spelling}: Bearer ${forged}`]);
    expect(rig.upstream.requests.map((one) => headerValues(one, 'authorization'))).toEqual([token]);
  }
  const twice = [...callLines(rig, jar), 'Authorization: Bearer a', 'authorization: Bearer b'];
  expect((await sendLines(rig, twice)).status).toBe(400);
  await expectUnheard(['Cookie: other=1; Path=/', 'Connection: cookie, authorization']);
});

async function expectOne() {
  rig.upstream.clearRecords();
  expect((await rig.call(jar)).status).toBe(200);
  return rig.upstream.requests[0];
}

requirement('BFF-PROXY-08', 'what belongs to one hop stays there, and names nobody else out', async () => {
  const hop = [
    'TE: trailers',
    'Trailer: X-Late',
    'Keep-Alive: timeout=5',
    'Upgrade: h2c',
    'HTTP2-Settings: AAM',
  ];
  hop.push('Proxy-Connection: keep-alive', 'Expect: 100-continue', 'Expect: x', 'Transfer_Encoding: chunked');
  for (const line of hop) await expectUnheard([line]);
  const ours = ordinary.join(', ');
  for (const value of [
    'close, X-Foo',
    `keep-alive, x-foo, ${ours}`,
    'X-Foo,,',
    'x-foo;q=1, x-foo',
    '\tX-FOO ,',
  ]) {
    await expectUnheard([`Connection: ${value}`, 'X-Foo: 1']);
    await expectUnheard([`Connection: keep-alive`, `connection: ${value}`, 'x-foo: 1', 'X-FOO: 2']);
  }
  // The Connection towards the API is ours alone.
  await expectUnheard(['Connection: host, via, content-length, x-request-id']);
});

requirement('BFF-PROXY-08', 'and all the rest passes as it came', async () => {
  const passing = [
    'X-Custom: one',
    'X-CUSTOM: two',
    'Accept: */*;q=0.1',
    'If-Match: "a"',
    'X-Umlaut: \xfc\xdf',
  ];
  passing.push(
    'Accept-Language: de',
    'Content-Language: de',
    'Prefer: wait=1',
    'Idempotency-Key: "7"',
    'x_y: z',
  );
  const answer = await sendLines(rig, [...callLines(rig, jar), ...passing]);
  expect(answer.status).toBe(200);
  const raw = rig.upstream.requests[0]?.rawHeaders ?? [];
  const lines = raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1]}`] : []));
  expect(lines).toEqual(expect.arrayContaining(passing));
});

requirement('BFF-PROXY-11', 'Via names a pseudonym, and a circle is broken', async () => {
  const via = async (...lines: string[]) => {
    rig.upstream.clearRecords();
    const { status } = await sendLines(rig, [...callLines(rig, jar), ...lines]);
    return { status, via: rig.upstream.requests.flatMap((request) => headerValues(request, 'via')) };
  };
  const plain = await via();
  const [ours = ''] = plain.via;
  expect(plain.status).toBe(200);
  expect(ours).toMatch(/^1\.1 [a-z]+$/);
  expect(ours).not.toMatch(/localhost|internal/);
  expect(await via('Via: 1.0 edge')).toEqual({ status: 200, via: [`1.0 edge, ${ours}`] });
  expect(await via(`Via: ${ours}, ${ours}`)).toEqual({ status: 400, via: [] });
  const spread = [`via: ${ours.toUpperCase()}`, `VIA: 1.0 edge, ${ours}`];
  expect(await via(...spread)).toEqual({ status: 400, via: [] });
});

advisory(21, 'BFF-PROXY-16', 'no name that a client gives itself lets it in', async () => {
  const agents = [
    'kube-probe/1.30',
    'GoogleHC/1.0',
    'ELB-HealthChecker/2.0',
    'Prometheus/2.0',
    'curl/8',
    '',
    'AlwaysOn',
  ];
  const fields = agents.map((agent) => `User-Agent: ${agent}`);
  fields.push(
    'X-Health-Check: 1',
    'X-Middleware-Subrequest: middleware',
    'X-Internal: true',
    'X-Debug: 1',
    'X-Api-Key: x',
  );
  fields.push(
    'X-Auth-Request-User: admin',
    'Purpose: prefetch',
    'Upgrade-Insecure-Requests: 1',
    'X-Skip-Auth: 1',
  );
  for (const field of fields) {
    for (const path of ['/api/x', '/api/healthz', '/api/ping', '/api/robots.txt', '/api/favicon.ico']) {
      const answer = await sendBytes(rig, callBytes(rig, rig.jar(), `GET ${path} HTTP/1.1`, `${field}\r\n`));
      expect(answer?.status, `${path} ${field}`).toBe(401);
    }
  }
  expect(rig.upstream.hits()).toBe(0);
});
