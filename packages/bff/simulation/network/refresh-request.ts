import type { Outcome, ProviderFailure } from '../../src/provider/failure.ts';
import type { TokenSet } from '../../src/provider/provider.ts';
import type { AuthorizationServer, ServerAnswer } from '../authorization-server.ts';
import type { Attempt } from '../truth.ts';
import type { World } from '../world.ts';
import type { StoreClient } from './store-request.ts';

/** One request to a token endpoint and back, with what can happen on the way. */
export function sendRefresh(
  world: World,
  client: StoreClient,
  server: AuthorizationServer,
  attempt: Attempt,
): Promise<Outcome<TokenSet>> {
  const { time, plan, random, trace, faults, truth } = world;
  const { process } = client;
  const { session, refreshToken, resource, host } = attempt;
  const { promise, resolve } = Promise.withResolvers<Outcome<TokenSet>>();
  const say = (text: string) => trace.say(session.id, () => `${host.name} #${attempt.number}: ${text}`);

  function settle(how: 'tokens' | 'refused' | 'failed', outcome: Outcome<TokenSet>): void {
    if (attempt.settled) return;
    attempt.settled = { at: time.now(), how };
    say(how);
    resolve(outcome);
  }

  function fail(failure: ProviderFailure & { kind: 'unavailable' }): void {
    settle('failed', { ok: false, failure });
  }

  function depart(): void {
    say(`sends ${refreshToken} for ${resource}`);
    const rates = faults.rates();
    time.after(
      plan.requestTimeout,
      () => fail({ kind: 'unavailable', answerLost: true, detail: 'no answer in time' }),
      process,
      'timer',
    );
    if (random.chance(rates.serverError)) {
      overloaded();
      return;
    }
    client.reached('sent');
    if (random.chance(rates.lostRequest)) return;
    const late = random.chance(rates.lateRequest) ? random.between(0.2, 2.5) * plan.requestTimeout : 0;
    time.after(random.between(1, 40) + late, arrive);
    if (random.chance(rates.duplicateRequest)) time.after(late + random.between(40, 3_000), arrive);
  }

  /** It answers without having done anything, or cannot be reached. */
  function overloaded(): void {
    const failure = random.pick<ProviderFailure & { kind: 'unavailable' }>([
      { kind: 'unavailable', answerLost: false, detail: 'ECONNREFUSED' },
      { kind: 'unavailable', answerLost: false, detail: '503' },
      { kind: 'unavailable', answerLost: false, detail: '429', retryAfter: random.whole(1, 10) },
    ]);
    time.after(random.between(1, 200), () => fail(failure), process);
  }

  function arrive(): void {
    const answer = server.refresh(refreshToken, resource, attempt.number);
    say(answer.kind === 'tokens' ? `the server answers with ${answer.refresh?.value}` : 'the server refuses');
    if (answer.kind === 'tokens') truth.figures.refreshes += 1;
    client.reached('rotated');
    const rates = faults.rates();
    if (random.chance(rates.lostAnswer)) {
      // Lost for good, or a gateway says so in its place.
      if (random.chance(0.5)) return;
      const gateway = { kind: 'unavailable', answerLost: false, detail: '504' } as const;
      time.after(random.between(1, 1_000), () => fail(gateway), process);
      return;
    }
    const late = random.chance(rates.lateAnswer) ? random.between(0.1, 1.5) * plan.requestTimeout : 0;
    time.after(random.between(1, 40) + late, () => receive(answer), process);
  }

  function receive(answer: ServerAnswer): void {
    client.reached('answered');
    process.run(() => {
      if (attempt.settled) return;
      if (answer.kind === 'invalid_grant') {
        attempt.refusal = answer.refusal;
        settle('refused', {
          ok: false,
          failure: { kind: 'oauth_error', error: 'invalid_grant', detail: 'invalid_grant (400)' },
        });
        return;
      }
      attempt.received = { access: answer.access.value, refresh: answer.refresh?.value ?? refreshToken };
      settle('tokens', { ok: true, value: tokenSet(answer, server, host.now()) });
    });
  }

  client.reached('before send');
  process.run(depart);
  return promise;
}

function tokenSet(
  { access, refresh }: ServerAnswer & { kind: 'tokens' },
  { policy }: AuthorizationServer,
  now: number,
): TokenSet {
  return {
    accessToken: access.value,
    tokenType: 'Bearer',
    receivedAt: now,
    expiresAt: now + policy.accessLife,
    scopes: null,
    refreshToken: refresh?.value ?? null,
    refreshExpiresAt: null,
    idToken: null,
    claims: null,
  };
}
