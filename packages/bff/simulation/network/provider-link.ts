import type { Outcome } from '../../src/provider/failure.ts';
import type { Provider, TokenSet } from '../../src/provider/provider.ts';
import { onAttempt } from '../checks/flights.ts';
import { type Attempt, type Host, leaseOf } from '../truth.ts';
import type { World } from '../world.ts';
import { sendRefresh } from './refresh-request.ts';
import type { StoreClient } from './store-request.ts';

/** An authorization server as one process reaches it. */
export function createProviderLink(world: World, host: Host, client: StoreClient, id: string): Provider {
  const { time, plan, random, truth, faults } = world;
  const settings = world.surroundings.settings.get(id);
  const server = world.servers.get(id);
  if (!settings || !server) throw new RangeError(`no provider ${id}`);

  async function refresh(refreshToken: string, resource: string): Promise<Outcome<TokenSet>> {
    if (host.process.isDead()) return new Promise(() => undefined);
    const session = truth.sessions.get(server?.refreshToken(refreshToken)?.family.session ?? '');
    if (!server || !session) throw new RangeError(`nobody was given ${refreshToken}`);
    const attempt: Attempt = {
      number: truth.attempts.length,
      host,
      session,
      provider: id,
      resource,
      refreshToken,
      calledAt: time.now(),
      lease: leaseOf(host, session.id, id),
      settled: undefined,
      refusal: undefined,
      received: undefined,
      lastTriedAt: undefined,
      committedAt: undefined,
    };
    truth.attempts.push(attempt);
    session.attempts.push(attempt);
    onAttempt(world, attempt);
    return sendRefresh(world, client, server, attempt);
  }

  function revoke(refreshToken: string): Promise<Outcome<void>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<void>>();
    const isLost = random.chance(faults.rates().lostRequest);
    host.process.run(() => {
      if (!isLost) time.after(random.between(1, 40), () => server?.revoke(refreshToken));
      time.after(random.between(40, 80), () => resolve({ ok: true, value: undefined }), host.process);
    });
    return promise;
  }

  const notSimulated = async () => {
    throw new Error('not part of this simulation');
  };
  return {
    settings: { ...settings, requestTimeout: plan.requestTimeout },
    refresh: (refreshToken, { resource }) => refresh(refreshToken, resource),
    exchangeToken: notSimulated,
    tokenForPerson: notSimulated,
    revoke: async ({ refreshToken }) =>
      refreshToken === null ? { ok: true, value: undefined } : revoke(refreshToken),
    authorizationUrl: notSimulated,
    exchange: notSimulated,
    endSessionUrl: notSimulated,
    readLogoutToken: notSimulated,
    signatureOf: async () => 'unknown',
    knownEndSessionOrigin: () => null,
    prepare: async () => undefined,
    isReady: () => true,
  };
}
