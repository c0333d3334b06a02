import { expect, onTestFinished, vi } from 'vitest';
import { createSessionClient, type SessionClientOptions } from '../src/index.ts';
import { createFakeBrowser, createFakeServer, type FakeStream, json, signedIn } from './fake-page.ts';

type FakeServer = ReturnType<typeof createFakeServer>;

/** A browser with some tabs, in each of which the same person is signed in. */
export async function openBrowser(
  count: number,
  options: SessionClientOptions = {},
  prepare: (server: FakeServer) => void = () => {},
  locks = true,
) {
  const browser = createFakeBrowser({ locks });
  const server = createFakeServer();
  server.answerWith(() => json(signedIn()));
  prepare(server);
  const open = async () => {
    const tab = browser.openTab('/notes');
    const client = createSessionClient({ page: tab.page, fetch: server.send, ...options });
    onTestFinished(() => client.close());
    await client.load();
    // What follows the server is loaded by then.
    await vi.dynamicImportSettled();
    return { tab, client };
  };
  const first = await open();
  const others = await Promise.all(Array.from({ length: count - 1 }, open));
  return { browser, server, tabs: [first, ...others] as const };
}

/** Waits for a stream, newer than the one before, and has it say how things stand as the server does. */
export async function liveStream(server: FakeServer, before?: FakeStream): Promise<FakeStream> {
  const stream = await vi.waitFor(() => {
    const last = server.openStreams().at(-1);
    if (last === undefined || last === before) throw new Error('no stream');
    return last;
  });
  stream.write('retry: 2000\n\n');
  await settle();
  expect(server.openStreams()).toHaveLength(1);
  return stream;
}

/** Lets everything happen that needs no time to pass. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve));
}
