import { headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { escapingPaths, foreignAuthorities, otherForms, plainPaths } from '../corpora/paths.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, sendBytes, type WireAnswer } from '../wire/call.ts';

/** Prefix, and where it stands at the API. */
const places: Readonly<Record<string, string>> = {
  '/api': '/api',
  '/deep/api': '/v1/deep/api',
  '/cut': '/v2/inner',
  '/slashes': '/slashes',
  '/open': '/open',
};
let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      { prefix: '/deep/api', upstream: `${url}/v1/` },
      { prefix: '/cut', upstream: `${url}/v2/inner`, config: { keepPrefix: false } },
      { prefix: '/slashes', upstream: url, config: { encodedSlash: 'pass' } },
      { prefix: '/open', upstream: url, config: { session: 'none' } },
      { prefix: '/abcd/x', upstream: url },
    ],
  });
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const ask = (target: string, who = jar): Promise<WireAnswer | null> =>
  sendBytes(rig, callBytes(rig, who, `GET ${target} HTTP/1.1`));

/** Refused, or forwarded to the same API below the place of a prefix, byte for byte. */
async function expectInside(target: string, who = jar): Promise<void> {
  rig.upstream.clearRecords();
  const answer = await ask(target, who);
  expect([200, 400, 401, 404], target).toContain(answer?.status);
  for (const request of rig.upstream.requests) {
    const prefix = Object.keys(places).find(
      (one) => target === one || (/^[/?]/.test(target.slice(one.length)) && target.startsWith(one)),
    );
    expect(prefix, `${target} → ${request.target}`).toBeDefined();
    expect(request.target, target).toBe(`${places[prefix ?? '']}${target.slice(prefix?.length)}`);
    expect(headerValues(request, 'host'), target).toEqual([`127.0.0.1:${rig.upstream.port}`]);
  }
  expect(rig.upstream.malformed, target).toEqual([]);
}

advisory(
  [4, 9],
  ['BFF-PROXY-03'],
  'no spelling of dots, slashes or parameters leaves the prefix',
  async () => {
    for (const prefix of Object.keys(places)) {
      for (const target of escapingPaths(prefix)) {
        await expectInside(target);
        const mayPass =
          prefix === '/slashes' && rig.upstream.requests.every(({ path }) => !/\.\.|%2e|;|\\/i.test(path));
        if (!mayPass) expect(rig.upstream.hits(), target).toBe(0);
      }
    }
  },
);

requirement('BFF-PROXY-02', 'the token goes to its own API, whatever host the path names', async () => {
  for (const prefix of Object.keys(places)) {
    for (const target of foreignAuthorities(prefix)) await expectInside(target);
  }
});

advisory(
  [22, 12],
  ['BFF-PROXY-01', 'BFF-PROXY-02'],
  'a target in another form, or with a fragment, goes nowhere',
  async () => {
    const { host } = new URL(rig.bff.url);
    const own = [`${rig.bff.paths.session}#x`, `${rig.bff.paths.providers}#/open`];
    for (const target of [...otherForms(host, '/open'), ...own]) {
      for (const who of [jar, rig.jar()]) {
        const answer = await ask(target, who);
        const statuses = target.startsWith('/') && !target.includes('#') ? [400, 404] : [400];
        if (answer !== null) expect(statuses, JSON.stringify(target)).toContain(answer.status);
      }
      expect(rig.upstream.hits(), JSON.stringify(target)).toBe(0);
    }
    for (const method of ['CONNECT', 'connect', 'FOO', 'GET\t', 'PROPFIND', 'TRACE', 'get']) {
      const answer = await sendBytes(rig, callBytes(rig, jar, `${method} /api/x HTTP/1.1`));
      if (answer !== null) expect([400, 404, 405], method).toContain(answer.status);
      expect(rig.upstream.hits(), method).toBe(0);
    }
  },
);

advisory([6, 12], ['BFF-PROXY-16'], 'no spelling of a prefix is let in where the prefix is not', async () => {
  const stranger = rig.jar();
  for (const prefix of ['/api', '/deep/api', '/cut', '/slashes']) {
    for (const target of [...escapingPaths(prefix), ...foreignAuthorities(prefix), `${prefix}/x`, prefix]) {
      const answer = await ask(target, stranger);
      expect([400, 401, 404], target).toContain(answer?.status);
      expect(rig.upstream.hits(), target).toBe(0);
    }
  }
});

advisory(
  6,
  ['BFF-PROXY-03'],
  'a prefix that is spelt another way is not the prefix, wherever its segments end',
  async () => {
    // Behind as many characters as the prefix has, this one goes on with a slash too.
    for (const target of ['/abc%64/x/secret', '/abc%64/x', '/%61bcd/x/y', '/abcd/%78/y', '/abcd%2fx/y']) {
      expect([400, 404], target).toContain((await ask(target))?.status);
    }
    expect(rig.upstream.hits()).toBe(0);
    expect((await ask('/abcd/x/y'))?.status).toBe(200);
  },
);

advisory([20, 23], ['BFF-PROXY-16'], 'which route is asked is seen from the path alone', async () => {
  const stranger = rig.jar();
  const open = ['/open', '/open/x', '/bff/providers', '/'];
  const named = [
    'X-Forwarded-Uri',
    'X-Forwarded-Path',
    'X-Original-URL',
    'X-Original-Uri',
    'X-Rewrite-URL',
    'Referer',
  ];
  for (const path of open) {
    for (const target of [
      `/api/x?${path}`,
      `/api/x?u=${path}`,
      `/api/x;${path}`,
      `/api${path}`,
      `/api/..;${path}`,
    ]) {
      expect([400, 401], target).toContain((await ask(target, stranger))?.status);
    }
    const more = named.map((name) => `${name}: ${path}\r\n`).join('');
    expect((await sendBytes(rig, callBytes(rig, stranger, 'GET /api/x HTTP/1.1', more)))?.status).toBe(401);
    for (const method of ['HEAD', 'POST', 'OPTIONS']) {
      const line = `${method} /api/x HTTP/1.1`;
      const status = (
        await sendBytes(rig, callBytes(rig, stranger, line, `Origin: ${rig.bff.url}\r\n${more}`))
      )?.status;
      expect([401, 405], method).toContain(status);
    }
  }
  expect(rig.upstream.hits()).toBe(0);
});

advisory(5, ['BFF-PROXY-04'], 'all else reaches the API byte for byte', async () => {
  for (const [prefix, place] of Object.entries(places)) {
    for (const path of plainPaths) {
      rig.upstream.clearRecords();
      const answer = await ask(`${prefix}${path}`);
      expect(answer?.status, path).toBe(200);
      expect(rig.upstream.requests[0]?.target, path).toBe(`${place}${path}`);
    }
  }
  for (const path of ['/a%2Fb', '/a%2fb/%E2%82%AC?x=1&x=2&y=%20+', '/%2F', '/a%252Fb', '/a%2Fb%23%3F']) {
    rig.upstream.clearRecords();
    expect((await ask(`/slashes${path}`))?.status, path).toBe(200);
    expect(rig.upstream.requests[0]?.target).toBe(`/slashes${path}`);
    expect((await ask(`/api${path}`))?.status, path).toBe(400);
  }
});
