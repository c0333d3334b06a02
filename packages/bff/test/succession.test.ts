import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSessionManager } from '../src/session/manager.ts';
import type { SessionRecord } from '../src/session/record.ts';
import { succeed } from '../src/session/succession.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';
import { indexHasher } from '../src/ticket/keys.ts';
import type { FreshTicket } from '../src/ticket/ticket.ts';

const device = Buffer.from('a browser');

/** @param found told of each look in an index, before its answer is used */
async function rig(found: () => Promise<unknown> = async () => undefined) {
  const opened = await openStore('memory:');
  const find: Store['sessions']['find'] = async (...query) => {
    const ids = await opened.sessions.find(...query);
    await found();
    return ids;
  };
  const { read, create, update, touch, end } = opened.sessions;
  const store: Store = { ...opened, sessions: { read, create, update, touch, end, find } };
  const sessions = createSessionManager({
    store,
    hasher: indexHasher([randomBytes(32)]),
    lifetimes: { idle: 60_000, absolute: 600_000 },
    outageGrace: 0,
    now: Date.now,
    audit: () => undefined,
  });
  return { sessions, parts: { sessions, once: store.once, now: Date.now } };
}

function issue(): FreshTicket {
  const ticket = {
    idHash: randomBytes(32).toString('base64url'),
    key: createSecretKey(randomBytes(32)),
    rotate: false,
  };
  return { ticket, secrets: { id: '', key: '' } };
}

function recordWith(account?: { issuer: string; subject: string; sid: string | null }): SessionRecord {
  const grant = { generation: 1, refreshToken: null, idToken: null, scopes: [], tokens: {} };
  return {
    format: 1,
    provider: 'demo',
    issuer: 'https://op.test',
    subject: 'alice',
    providerSession: null,
    user: {},
    roles: [],
    acr: null,
    amr: [],
    authTime: null,
    createdAt: Date.now(),
    expiresAt: Date.now() + 600_000,
    grants: { demo: grant, ...(account && { other: { ...grant, account } }) },
  };
}

it('a session that ended at the same moment does not go on, and says why', async () => {
  const { sessions, parts } = await rig();
  const old = await sessions.start(issue(), recordWith(), device);
  await sessions.end(old.id, 'revoked');
  const fresh = issue();
  expect(await succeed(parts, old, fresh, recordWith(), device, 'r')).toBe(false);
  expect(await sessions.endOf(fresh.ticket.idHash)).toBe('revoked');
});

it('whoever ends all of a person’s sessions ends the one that goes on meanwhile', async () => {
  const fresh = issue();
  // It has found the old one when the new one takes its place.
  let step = async (): Promise<unknown> => undefined;
  const { sessions, parts } = await rig(() => step());
  const old = await sessions.start(issue(), recordWith(), device);
  step = async () => {
    step = async () => undefined;
    await succeed(parts, old, fresh, recordWith(), device, 'r');
  };
  expect(await sessions.endSubject('https://op.test', 'alice', 'revoked')).toBe(1);
  expect(await sessions.endOf(fresh.ticket.idHash)).toBe('revoked');
});

it('a connected account that ended at the same moment does not go on either', async () => {
  const { sessions, parts } = await rig();
  const account = { issuer: 'https://other.test', subject: 'else', sid: null };
  const old = await sessions.start(issue(), recordWith(account), device);
  await sessions.connections.end(old.id, 'other', 'provider-logout');
  const fresh = issue();
  expect(await succeed(parts, old, fresh, recordWith(account), device, 'r')).toBe(true);
  const loaded = await sessions.loadFresh(fresh.ticket);
  expect(loaded.kind === 'active' && Object.keys(loaded.session.record.grants)).toEqual(['demo']);
});
