import { headerValues } from '@coatcheck/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CoatcheckOptions } from '../../src/index.ts';
import { startRig } from '../rig.ts';
import { openedSocket } from './websocket/sockets.ts';

type Route = NonNullable<CoatcheckOptions['routes']>[number];

const userClaims = ['name', 'email_verified', 'level', 'address', 'tags', 'nobody', '__proto__'];
const claimHeaders = {
  'X-Caller-Id': 'sub',
  'X-Caller-Roles': 'roles',
  ...Object.fromEntries(userClaims.map((claim) => [`X-Claim-${claim.replace(/\W|_/g, '')}`, claim])),
};

async function startWith(route: Partial<Route>, claims: Record<string, unknown> = {}) {
  const rig = await startRig({}, route, [], { userClaims });
  onTestFinished(rig.close);
  rig.as.settings.idTokenClaims = claims;
  const jar = rig.browser();
  const sent = (name: string) => rig.upstream.requests.flatMap((request) => headerValues(request, name));
  return { rig, jar, sent };
}

/** None that every route drops. What a client may write to pass for somebody else; all name the same variable to some server. */
const spellings = [
  'X-Caller-Id',
  'x-caller-id',
  'X-CALLER-ID',
  'X_Caller_Id',
  'x-caller_id',
  'X.Caller.Id',
  'X~Caller-Id',
  'x!caller!id',
];

describe('headers of a route', () => {
  it('go to the upstream with every call, and nothing of that name from the browser', async () => {
    const { rig, jar, sent } = await startWith({
      session: 'none',
      headers: { 'X-Api-Key': 'k 1', Accept: 'a/b' },
    });
    await jar.fetch('/api/x', { headers: { 'x-api-key': 'mine', X_Api_Key: 'mine', accept: 'text/html' } });
    expect([sent('x-api-key'), sent('accept')]).toEqual([['k 1'], ['a/b']]);
    expect(rig.upstream.requests[0]?.rawHeaders.join()).not.toContain('mine');
  });

  it('go with WebSockets too', async () => {
    const { rig, jar, sent } = await startWith({
      websocket: true,
      headers: { 'X-Api-Key': 'k' },
      claimHeaders: { 'X-Caller-Id': 'sub' },
    });
    await rig.signIn(jar);
    await openedSocket(rig, jar, { headers: { 'x-api-key': 'mine', 'x_caller-id': 'mine' } });
    expect([sent('x-api-key'), sent('x-caller-id')]).toEqual([['k'], [rig.as.settings.user.sub]]);
    expect(rig.upstream.requests[0]?.rawHeaders.join()).not.toContain('mine');
  });
});

describe('claims in headers', () => {
  it('say who calls', async () => {
    const { rig, jar, sent } = await startWith(
      { claimHeaders },
      {
        roles: ['user', 'editor'],
        name: 'Alice Example',
        email_verified: true,
        level: 2.5,
        tags: ['a', 1, false],
      },
    );
    await rig.signIn(jar);
    await jar.fetch('/api/x');
    expect(sent('x-caller-id')).toEqual([rig.as.settings.user.sub]);
    expect(sent('x-caller-roles')).toEqual(['user,editor']);
    expect(sent('x-claim-name')).toEqual(['Alice Example']);
    expect(sent('x-claim-emailverified')).toEqual(['true']);
    expect(sent('x-claim-level')).toEqual(['2.5']);
    expect(sent('x-claim-tags')).toEqual(['a,1,false']);
  });

  it('are left out where the session lacks them, or no header can carry them', async () => {
    const { rig, jar, sent } = await startWith(
      { claimHeaders },
      { roles: [], name: 'x'.repeat(5_000), address: { country: 'x' }, tags: ['a', { b: 1 }] },
    );
    await rig.signIn(jar);
    await jar.fetch('/api/x');
    for (const name of ['roles', 'name', 'address', 'tags', 'nobody', 'proto']) {
      expect([name, sent(`x-claim-${name}`), sent(`x-caller-${name}`)]).toEqual([name, [], []]);
    }
    expect(sent('x-caller-id')).toHaveLength(1);
  });

  it.each([
    ['Zoë', 'Zo%C3%AB'],
    ['山田 太郎', '%E5%B1%B1%E7%94%B0 %E5%A4%AA%E9%83%8E'],
    ['😀', '%F0%9F%98%80'],
    ['a\r\nX-Admin: 1', 'a%0D%0AX-Admin: 1'],
    ['a\u0000b', 'a%00b'],
    [' alice ', '%20alice%20'],
    ['100%41', '100%2541'],
    ['Doe, Jane', 'Doe, Jane'],
  ])('carry %j as %s', async (name, header) => {
    const { rig, jar, sent } = await startWith({ claimHeaders }, { name });
    await rig.signIn(jar);
    await jar.fetch('/api/x');
    expect(sent('x-claim-name')).toEqual([header]);
    expect(sent('x-admin')).toEqual([]);
  });

  it('let no entry of a list pass for two', async () => {
    const { rig, jar, sent } = await startWith({ claimHeaders }, { tags: ['a,admin', ' b', 'c%2C'] });
    await rig.signIn(jar);
    await jar.fetch('/api/x');
    expect(sent('x-claim-tags')).toEqual(['a%2Cadmin,%20b,c%252C']);
  });

  it.each(['required', 'optional', 'none'] as const)(
    'advisory 24, advisory 37: none of the browser crosses, session %s, signed in or not',
    async (session) => {
      const route =
        session === 'none' ? { session, headers: { 'X-Caller-Id': 'nobody' } } : { session, claimHeaders };
      const methods: Route['methods'] = ['GET', 'POST', 'OPTIONS'];
      const { rig, jar } = await startWith({ ...route, methods });
      const call = async () => {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          for (const name of spellings) {
            await jar.fetch('/api/x', { method, headers: { [name]: 'forged', connection: name } });
            await jar.fetch('/api/x', { method, headers: { [name]: 'forged' } });
          }
        }
      };
      await call();
      await rig.signIn(jar);
      await call();
      const calls = spellings.length * 2 * 3;
      expect(rig.upstream.hits()).toBe(session === 'required' ? calls : calls * 2);
      expect(rig.upstream.requests.flatMap(({ rawHeaders }) => rawHeaders).join()).not.toContain('forged');
      const own = session === 'none' ? 'nobody' : rig.as.settings.user.sub;
      for (const request of rig.upstream.requests.slice(-calls)) {
        expect(headerValues(request, 'x-caller-id')).toEqual([own]);
      }
    },
  );

  it('advisory 37: come from no browser on another route either', async () => {
    const rig = await startRig({}, { claimHeaders: { 'X-Caller-Id': 'sub' } }, [
      { prefix: '/open', session: 'none' },
    ]);
    onTestFinished(rig.close);
    const jar = rig.browser();
    for (const name of spellings)
      await jar.fetch('/open/x', { headers: { [name]: 'forged', 'x-other': 'y' } });
    expect(rig.upstream.hits()).toBe(spellings.length);
    for (const { rawHeaders } of rig.upstream.requests) {
      expect(rawHeaders).not.toContain('forged');
      expect(rawHeaders).toContain('y');
    }
  });

  it('are not kept from one person for the next', async () => {
    const { rig, jar, sent } = await startWith({ claimHeaders });
    await rig.signIn(jar);
    await jar.fetch('/api/x');
    rig.as.settings.user = { ...rig.as.settings.user, sub: 'somebody-else' };
    const other = rig.browser();
    await rig.signIn(other);
    await other.fetch('/api/x');
    await jar.fetch('/api/x');
    const [first] = sent('x-caller-id');
    expect(sent('x-caller-id')).toEqual([first, 'somebody-else', first]);
    expect(first).not.toBe('somebody-else');
  });
});

it.each([
  ['headers', 'Authorization'],
  ['headers', 'Host'],
  ['headers', 'Connection'],
  ['headers', 'Transfer-Encoding'],
  ['headers', 'Content-Length'],
  ['headers', 'X-Forwarded-For'],
  ['headers', 'x_forwarded_host'],
  ['headers', 'Cookie'],
  ['headers', 'Proxy-Authorization'],
  ['headers', 'Traceparent'],
  ['headers', 'Tracestate'],
  ['headers', 'Content_Type'],
  ['headers', 'Sec-WebSocket-Key'],
  ['headers', 'Coatcheck-Background'],
  ['claimHeaders', 'X-Request-Id'],
  ['claimHeaders', 'X-Real-IP'],
  ['claimHeaders', 'Via'],
] as const)('%s cannot set %s', async (option, name) => {
  await expect(startRig({}, { [option]: { [name]: 'sub' } })).rejects.toThrow(
    `route /api: ${option}: sets ${name}.`,
  );
});
