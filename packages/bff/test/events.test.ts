import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cookieNames } from '@coatcheck/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Rig, startRig, until } from './rig.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'coatcheck-events-'));
let rig: Rig;
beforeAll(async () => {
  // Its feed tells of a change after up to 200 ms: what is done here is known sooner.
  rig = await startRig({ store: { url: `sqlite:${path.join(folder, 'sessions.db')}` } });
});
afterAll(async () => {
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

it('advisory 63: a use of the session that comes before the news of its new claims does not swallow them', async () => {
  const jar = rig.browser();
  await rig.signIn(jar);
  const stream = await jar.stream('/bff/events');
  let text = '';
  void (async () => {
    for await (const part of stream.chunks) text += String(part);
  })().catch(() => undefined);
  await until(() => text.includes('event: session'), 'the stream begins');

  const { sessions, tickets } = rig.app.coatcheck.parts;
  const name = cookieNames().ticket;
  const found = tickets.read({ cookie: `${name}=${jar.cookie(name)}` });
  if (found.kind !== 'ticket') throw new Error('the ticket opens nothing');
  const loaded = await sessions.load(found.ticket);
  const grant = loaded.kind === 'active' ? loaded.session.record.grants.demo : undefined;
  if (loaded.kind !== 'active' || !grant) throw new Error('nobody is signed in');
  const after = { ...grant, generation: grant.generation + 1 };
  const promoted = { user: { name: 'Promoted' }, roles: ['admin'] };
  const stored = await sessions.replaceGrant(loaded.session, 'demo', after, promoted);
  if (stored.kind !== 'stored') throw new Error('the grant was not stored');
  await sessions.touch(stored.session, true);

  await until(() => text.includes('event: claims-changed'), 'the claims are told');
  const [, told = ''] = /event: claims-changed\ndata: (.*)\n/.exec(text) ?? [];
  expect(JSON.parse(told).session).toMatchObject({ roles: ['admin'], user: { name: 'Promoted' } });
});
