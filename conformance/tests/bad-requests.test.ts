import { faults, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createRecorder } from '../evidence/recorder.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig();
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

requirement('BFF-BAD-03', 'odd parameters are refused, and leave no trace', async () => {
  const callback = rig.bff.paths.callback('main');
  const { login, logoutCallback } = rig.bff.paths;
  const targets = [
    ...[
      'code=x&state=%E0%A4%A',
      'code=x&state=%',
      'code=x&state=%ff',
      'code=x&state[]=a',
      'state=a&state=b&code=x',
    ],
    ...[
      'code=x&state=%00',
      'code[]=x&state=a',
      '__proto__[x]=1&code=a&state=b',
      'constructor=1',
      'code=&state=',
      '%=1',
    ],
  ].map((query) => `${callback}?${query}`);
  targets.push(`${login}?return_to=/%`, `${login}?return_to=%ff`, `${login}?return_to=/a&return_to=/b`);
  targets.push(
    `${login}?return_to=/x%0d%0aSet-Cookie:%20a=b`,
    `${login}?return_to=/%00`,
    `${login}?prompt=%0d%0ax`,
  );
  targets.push(
    `${login}?max_age=-1`,
    `${login}?max_age=1e3`,
    `${login}?max_age[]=1&max_age=x`,
    `${login}?provider=%ff`,
  );
  targets.push(`${logoutCallback}?state=%E0%A4%A&x=%`);
  for (const target of targets) {
    const answer = await rig.jar().navigate(target, { site: 'same-origin' });
    // A sign-out that nobody started here ends on a neutral page, whatever it says.
    expect(target.startsWith(logoutCallback) ? [200, 400] : [400, 404], target).toContain(answer.status);
    const names = [...answer.headers.keys()].join();
    expect(
      answer.setCookies.filter(({ name }) => !name.startsWith(rig.bff.cookies.prefix)),
      target,
    ).toEqual([]);
    expect(names, target).not.toMatch(/location|polluted/);
  }
  for (const query of [
    '__proto__[x]=1',
    '__proto__=1',
    'constructor.prototype.x=1',
    'return_to[]=//evil.test',
    'return_to%00=//e',
  ]) {
    const plain = await rig.jar().navigate(login, { site: 'same-origin' });
    const odd = await rig.jar().navigate(`${login}?${query}`, { site: 'same-origin' });
    expect(odd.status, query).toBe(302);
    const namesOf = (location = '') => [...new URL(location).searchParams.keys()].sort();
    expect(namesOf(odd.location), query).toEqual(namesOf(plain.location));
  }
  const posted = await jar.fetch(rig.bff.paths.logout, {
    method: 'POST',
    json: JSON.parse('{"__proto__":{"local":true}}'),
  });
  expect([200, 400]).toContain(posted.status);
  expect(rig.as.requestsOf('token').filter(({ form }) => form.get('code') === 'x')).toEqual([]);
  jar = await rig.signedIn();
});

requirement('BFF-BAD-04', 'a method that an address does not know gets 405 with those it does', async () => {
  const { session, extend, logout, login, providers, sessions, events } = rig.bff.paths;
  const knownBy = {
    [session]: ['GET'],
    [extend]: ['POST'],
    [logout]: ['POST'],
    [login]: ['GET'],
    [providers]: ['GET'],
  };
  const more = {
    [sessions]: ['GET', 'DELETE'],
    [events]: ['GET'],
    [rig.bff.paths.callback('main')]: ['GET'],
  };
  for (const [path, known] of Object.entries({ ...knownBy, ...more })) {
    const allow = known.includes('GET') ? [...known, 'HEAD'] : known;
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      if (allow.includes(method)) continue;
      const answer = await jar.fetch(path, { method });
      expect(answer.status, `${method} ${path}`).toBe(405);
      expect(answer.headers.get('allow')?.split(', ').sort(), `${method} ${path}`).toEqual([...allow].sort());
    }
    if (!known.includes('POST')) continue;
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml', 'text/json']) {
      const answer = await jar
        .clone()
        .fetch(path, { method: 'POST', headers: { 'content-type': type }, body: 'x' });
      expect(answer.status, `${path} ${type}`).toBe(415);
    }
  }
  expect((await jar.fetch('/api/notes', { method: 'OPTIONS' })).headers.get('allow')).toMatch(
    /^GET, HEAD, POST/,
  );
});

requirement(
  'BFF-BAD-05',
  'every failure says what it is to programs and to people, and nothing of the inside',
  async () => {
    const seen = createRecorder();
    const [anonymous, person] = [seen.watch(rig.jar()), seen.watch(jar)];
    const failures: (() => Promise<unknown>)[] = [];
    for (const accept of ['application/json', 'text/html', '*/*', 'garbage/', '']) {
      const init = {
        headers: { accept, 'sec-fetch-mode': accept === 'text/html' ? 'navigate' : 'cors' },
      };
      for (const target of [
        '/none',
        '/bff/none',
        '/api/../x',
        '/api/%00',
        '/%zz',
        '/bff/%zz',
        '/api/notes',
      ]) {
        failures.push(() => anonymous.fetch(target, init));
      }
      failures.push(() => anonymous.fetch('/api/notes', { ...init, site: 'cross-site' }));
      failures.push(() => person.fetch('/api/notes', { ...init, method: 'TRACE' }));
      failures.push(() =>
        person.fetch(rig.bff.paths.extend, { ...init, method: 'POST', json: 'x'.repeat(20_000) }),
      );
      failures.push(() => anonymous.fetch('/', { ...init, headers: { ...init.headers, host: 'evil.test' } }));
      for (const fault of [faults.reset(), faults.rawBytes('x'), faults.redirect('https://evil.test/')]) {
        failures.push(async () => {
          rig.upstream.on('*', 'once', fault);
          await person.fetch('/api/notes', init);
        });
      }
    }
    for (const fail of failures) await fail();
    for (const { name, answer, body } of seen.seen) {
      const code = answer.headers.get('coatcheck-problem');
      expect(answer.status, name).toBeGreaterThanOrEqual(400);
      expect(code, name).toMatch(/^[a-z_]+$/);
      const type = answer.headers.get('content-type') ?? '';
      const text = body.toString();
      if (type.startsWith('text/html')) expect(text, name).toContain(code);
      else {
        expect(type, name).toMatch(/^application\/problem\+json/);
        expect(JSON.parse(text), name).toMatchObject({
          type: `urn:coatcheck:problem:${code}`,
          status: answer.status,
          code,
        });
      }
      expect(text, name).not.toMatch(
        /\bat .*:\d+|\.ts|node_modules|\/src\/|fastify|undici|ECONN|127\.0\.0\.1|canary/i,
      );
    }
    expect(new Set(seen.seen.map(({ answer }) => answer.status)).size).toBeGreaterThan(7);
  },
);
