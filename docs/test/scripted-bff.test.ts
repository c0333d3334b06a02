import { CoatcheckError, createSessionClient, deviceSessions, stepUpOf } from '@coatcheck/client';
import { createRoot } from 'solid-js';
import { get } from 'svelte/store';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { effectScope } from 'vue';
import { createSession } from '../examples/adapters/solid.ts';
import { sessionStore } from '../examples/adapters/svelte.ts';
import { useSession } from '../examples/adapters/vue.ts';
import { createScriptedBff, type Exchange } from '../stage/bff.ts';
import { alice, bob } from '../stage/held-session.ts';
import { createBrowser, createPage } from '../stage/page.ts';

const plainly = { acrValues: null, consent: null };

function open() {
  const exchanges: Exchange[] = [];
  const bff = createScriptedBff({ now: () => Date.now(), onExchange: (one) => exchanges.push(one) });
  const { page } = createPage({
    browser: createBrowser(),
    notes: new Map(),
    here: () => '/notes',
    go: () => {},
    isOnline: bff.isOnline,
  });
  const client = createSessionClient({ page, fetch: bff.fetch });
  onTestFinished(() => client.close());
  return { bff, client, exchanges };
}

describe('the BFF in memory answers as the SDK expects', () => {
  it('tells the reason of an end, by its events', async () => {
    const { bff, client, exchanges } = open();
    bff.signIn(alice, plainly);
    await client.load();
    await vi.waitFor(() => expect(exchanges.map(({ path }) => path)).toContain('/bff/events'));
    const asked = exchanges.length;
    bff.end('provider-logout');
    await vi.waitFor(() =>
      expect(client.getState()).toEqual({ status: 'signed-out', reason: 'provider-logout' }),
    );
    expect(exchanges).toHaveLength(asked); // nobody had to ask
  });

  it('refuses calls without a session, and such that need more', async () => {
    const { bff, client } = open();
    const refusal = (path: string, method: string) =>
      client.fetch(path, { method }).then(
        () => null,
        (error: unknown) => (error instanceof CoatcheckError ? error : null),
      );
    expect((await refusal('/api/notes', 'GET'))?.code).toBe('session_required');
    bff.signIn(bob, plainly);
    expect(stepUpOf(await refusal('/api/notes', 'DELETE'))).toMatchObject({
      kind: 'sign-in',
      acrValues: 'urn:mfa',
    });
    expect(stepUpOf(await refusal('/api/notes', 'PUT'))).toMatchObject({
      kind: 'consent',
      scopes: ['notes:write'],
    });
    expect(stepUpOf(await refusal('/api/repositories', 'GET'))).toEqual({
      kind: 'connection',
      provider: 'github',
    });
    bff.signIn(bob, { acrValues: 'urn:mfa', consent: 'notes-write' });
    expect((await client.fetch('/api/notes', { method: 'DELETE' })).status).toBe(200);
    expect((await client.fetch('/api/notes', { method: 'PUT' })).status).toBe(200);
  });

  it('ends sessions on other devices', async () => {
    const { bff, client } = open();
    bff.signIn(alice, plainly);
    await client.load();
    const devices = deviceSessions(client);
    expect(await devices.list()).toHaveLength(3);
    expect(await devices.endOthers()).toBe(2);
    expect(await devices.list()).toMatchObject([{ current: true }]);
  });
});

describe('the adapters of 20 lines', () => {
  it('Vue', async () => {
    const { bff, client } = open();
    bff.signIn(alice, plainly);
    const scope = effectScope();
    const session = scope.run(() => useSession(client));
    expect(session?.value.status).toBe('loading');
    await vi.waitFor(() => expect(session?.value).toMatchObject({ user: { name: alice.name } }));
    scope.stop();
    bff.end('revoked');
    await client.refetch();
    expect(session?.value.status).toBe('signed-in'); // no longer followed
  });

  it('Svelte', async () => {
    const { bff, client } = open();
    bff.signIn(alice, plainly);
    const store = sessionStore(client);
    const seen: string[] = [];
    const stop = store.subscribe(({ status }) => seen.push(status));
    await vi.waitFor(() => expect(seen.at(-1)).toBe('signed-in'));
    stop();
    await client.logout();
    expect(seen.at(-1)).toBe('signed-in'); // no longer followed
    expect(get(store).status).toBe('signed-out');
  });

  it('Solid', async () => {
    const { bff, client } = open();
    bff.signIn(alice, plainly);
    const { session, dispose } = createRoot((dispose) => ({ session: createSession(client), dispose }));
    await vi.waitFor(() => expect(session().status).toBe('signed-in'));
    await client.logout();
    expect(session().status).toBe('signed-out');
    dispose();
  });

  it.each(['vue', 'svelte', 'solid'])('%s is 20 lines at most', async (name) => {
    const { readFileSync } = await import('node:fs');
    const source = readFileSync(new URL(`../examples/adapters/${name}.ts`, import.meta.url), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });
});
