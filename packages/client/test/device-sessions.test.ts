import { expect, test, vi } from 'vitest';
import { CoatcheckError, deviceSessions } from '../src/index.ts';
import { json, problem, signedIn, signedOut } from './fake-page.ts';
import { openBrowser } from './open-tabs.ts';

const phone = {
  id: 'phone/1',
  device: 'Safari on iOS',
  createdAt: '2020-01-01T00:00:00.000Z',
  lastSeenAt: '2020-01-01T00:30:00.000Z',
  current: false,
};
const laptop = { ...phone, id: 'laptop', device: 'Chrome on Linux', current: true };

async function signIn() {
  const { tabs, server } = await openBrowser(1);
  const ended: string[] = [];
  server.answerWith((request) => {
    const { pathname, search } = new URL(request.url);
    if (request.method === 'DELETE') ended.push(pathname + search);
    if (pathname === '/bff/session') return json(signedIn());
    if (request.method === 'GET') return json([laptop, phone]);
    return search === '' ? new Response(null, { status: 204 }) : json({ ended: 2 });
  });
  return { ...tabs[0], devices: deviceSessions(tabs[0].client), server, ended };
}

test('the person’s sessions are listed, with times on this device’s clock', async () => {
  const { devices, server, tab } = await signIn();
  const server7MinutesBehind = new Date(tab.page.now() - 420_000);
  server.answerWith(() => json([laptop, phone], { headers: { date: server7MinutesBehind.toUTCString() } }));
  expect(await devices.list()).toEqual([
    {
      ...laptop,
      createdAt: new Date('2020-01-01T00:07:00Z'),
      lastSeenAt: new Date('2020-01-01T00:37:00Z'),
    },
    { ...phone, createdAt: new Date('2020-01-01T00:07:00Z'), lastSeenAt: new Date('2020-01-01T00:37:00Z') },
  ]);
});

test('callers at the same time share one call; after an ending the list is a new one', async () => {
  const { devices, server } = await signIn();
  const lists = () =>
    server.requests.filter(({ url, method }) => method === 'GET' && url.endsWith('/sessions'));
  await Promise.all([devices.list(), devices.list()]);
  expect(lists()).toHaveLength(1);

  const { promise, resolve } = Promise.withResolvers<Response>();
  server.answerWith((request) => (request.method === 'GET' ? promise : json({ ended: 1 })));
  const before = devices.list();
  await devices.endOthers();
  const after = devices.list();
  server.answerWith(() => json([laptop]));
  resolve(json([laptop, phone]));
  expect(await before).toHaveLength(2);
  expect(await after).toHaveLength(1);
});

test('one session is ended by its id, whatever characters that has', async () => {
  const { client, devices, ended } = await signIn();
  await devices.end('phone/1');
  expect(ended).toEqual(['/bff/sessions/phone%2F1']);
  expect(client.getState().status).toBe('signed-in');
});

test('ending one that is over already is fine', async () => {
  const { client, devices, server } = await signIn();
  server.answerWith(() => problem('not_found', 404));
  await devices.end('gone');
  expect(client.getState()).toMatchObject({ status: 'signed-in', stale: false });
});

test('ending the session at hand shows at once, with the reason', async () => {
  const { client, devices, server } = await signIn();
  server.answerWith((request) =>
    request.method === 'DELETE' ? new Response(null, { status: 204 }) : json(signedOut('none')),
  );
  await devices.end('laptop');
  expect(client.getState()).toEqual({ status: 'signed-out', reason: 'revoked' });
});

test('all others are ended together, and it is told how many', async () => {
  const { devices, ended } = await signIn();
  expect(await devices.endOthers()).toBe(2);
  expect(ended).toEqual(['/bff/sessions?others=1']);
});

test('a refusal is thrown with its code, and a lost session shows', async () => {
  const { client, devices, server } = await signIn();
  server.answerWith(() => problem('store_unavailable', 503, { headers: { 'retry-after': '3' } }));
  await expect(devices.list()).rejects.toMatchObject({ code: 'store_unavailable', retryAfter: 3 });
  server.answerWith(() => Promise.reject(new TypeError('fetch failed')));
  await expect(devices.endOthers()).rejects.toBeInstanceOf(CoatcheckError);
  server.answerWith(() => new Response('<!doctype html>'));
  await expect(devices.list()).rejects.toMatchObject({ code: 'unexpected_answer' });
  expect(client.getState().status).toBe('signed-in');

  server.answerWith((request) =>
    request.url.endsWith('/sessions')
      ? problem('session_required', 401, { body: { reason: 'revoked' } })
      : json(signedOut('none')),
  );
  await expect(devices.list()).rejects.toMatchObject({ code: 'session_required' });
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'revoked' }));
});
