import { expect, test } from 'vitest';
import { createSessionClient, keptState } from '../src/index.ts';
import { createFakeBrowser, createFakeServer, json, signedIn, signedOut } from './fake-page.ts';

async function openPage(
  tab: ReturnType<ReturnType<typeof createFakeBrowser>['openTab']>,
  view: object = signedIn(),
) {
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send });
  server.answerWith(() => json(view));
  await client.load();
  return { client, server, draft: keptState(client, 'note') };
}

test('what was typed comes back once, to the same person, after the page was left to sign in', async () => {
  const tab = createFakeBrowser().openTab('/notes');
  const before = await openPage(tab);
  before.server.answerWith(() => json(signedOut('idle')));
  await before.client.refetch();
  before.draft.keep({ title: 'Half a thought' });
  const after = await openPage(tab);
  expect(after.draft.take()).toEqual({ title: 'Half a thought' });
  expect(after.draft.take()).toBeUndefined();
});

test('somebody else gets nothing of it, and nothing is left', async () => {
  const tab = createFakeBrowser().openTab('/notes');
  (await openPage(tab)).draft.keep('mine');
  expect((await openPage(tab, signedIn({ user: { sub: 'bob' } }))).draft.take()).toBeUndefined();
  expect(tab.notes.size).toBe(0);
});

test('who signs out leaves nothing behind', async () => {
  const tab = createFakeBrowser().openTab('/notes');
  const { client, server, draft } = await openPage(tab);
  draft.keep('mine');
  server.answerWith((request) =>
    request.method === 'POST' ? json({ redirectTo: null }) : json(signedOut('signed-out')),
  );
  await client.logout();
  draft.keep('mine');
  expect(tab.notes.size).toBe(0);
});
