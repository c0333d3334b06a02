// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { automaticLogins, createSessionClient } from '../src/index.ts';
import { createFakeServer, json, signedIn } from './fake-page.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function createClient() {
  const server = createFakeServer();
  server.answerWith(() => json(signedIn()));
  const client = createSessionClient({ fetch: server.send });
  closers.push(() => client.close());
  return { client, server };
}

function show(persisted: boolean): void {
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
}

function hide(): void {
  window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }));
}

test('pageshow hides the page only where it was restored from the back/forward cache', async () => {
  const { client, server } = createClient();
  await client.load();
  show(false);
  expect(client.getState().status).toBe('signed-in');
  show(true);
  expect(client.getState().status).toBe('loading');
  await vi.waitFor(() => expect(client.getState().status).toBe('signed-in'));
  expect(server.reads()).toBe(2);
});

test('a tab that was frozen asks once when it runs again; a page that was left asks once when it is back', async () => {
  const { client, server } = createClient();
  await client.load();
  await vi.dynamicImportSettled();
  document.dispatchEvent(new Event('freeze'));
  document.dispatchEvent(new Event('resume'));
  await vi.waitFor(() => expect(server.reads()).toBe(2));
  expect(client.getState().status).toBe('signed-in');
  hide();
  document.dispatchEvent(new Event('freeze'));
  document.dispatchEvent(new Event('resume'));
  expect(server.reads()).toBe(2);
  show(true);
  await vi.waitFor(() => expect(client.getState().status).toBe('signed-in'));
  expect(server.reads()).toBe(3);
});

test('BFF-SDK-03: other tabs are heard on the channel, a forged postMessage is not', async () => {
  const { client, server } = createClient();
  await client.load();
  window.dispatchEvent(
    new MessageEvent('message', { data: { type: 'signed-out' }, origin: 'https://evil.example' }),
  );
  expect(server.reads()).toBe(1);
  const channel = new BroadcastChannel('coatcheck:/bff');
  channel.postMessage({ type: 'changed' });
  await vi.waitFor(() => expect(server.reads()).toBe(2));
  channel.close();
  expect(server.reads()).toBe(2);
  expect(client.getState().status).toBe('signed-in');
});

test('focus and visibility count as coming back', async () => {
  const { client, server } = createClient();
  await client.load();
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
  window.dispatchEvent(new Event('focus'));
  document.dispatchEvent(new Event('visibilitychange'));
  await client.refetch();
  expect(server.reads()).toBe(2);
});

test('blocked storage does not stop a sign-in', () => {
  const { client } = createClient();
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('blocked', 'SecurityError');
  });
  expect(automaticLogins(client)({ returnTo: '/notes' }).kind).toBe('redirect');
});
