import type { TokenWant } from '../src/refresh/token-want.ts';
import { type CallResult, callThrough } from './browser.ts';
import type { Fleet } from './fleet.ts';
import type { RunningHost } from './host.ts';
import { issuer, resources, signIn } from './sign-in.ts';
import type { SessionTruth } from './truth.ts';
import type { World } from './world.ts';

const plainly = { scope: '', by: 'refresh' } as const;

/** What people and their browsers do. */
export interface Workload {
  /** One call of each session that is left for each of its tokens at every instance: all must be served. */
  callAll(): void;
  /** Calls that nobody answered, of processes that live. */
  unanswered(): string[];
}

export function startWorkload(world: World, fleet: Fleet): Workload {
  const { time, plan, faults, trace, verdict } = world;
  const random = world.random.fork('workload');
  const waiting = new Map<object, { readonly host: RunningHost; readonly session: SessionTruth }>();
  const browsing = new Set<SessionTruth>();

  function call(
    host: RunningHost,
    session: SessionTruth,
    want: TokenWant,
    done?: (result: CallResult) => void,
  ): void {
    host.process.run(() => {
      const ticket = {};
      waiting.set(ticket, { host, session });
      callThrough(world, host, session, want).then((result) => {
        waiting.delete(ticket);
        if (result === 'signed out' && session.ended) leave(session);
        done?.(result);
      });
    });
  }

  function arrive(): void {
    const host = fleet.anyOne();
    if (!host) return;
    const user = `user-${random.whole(1, plan.users)}`;
    host.process.run(() =>
      signIn(world, host, user, random, (session) => {
        trace.say(session.id, () => `${user} signed in at ${host.name}`);
        browsing.add(session);
        next(session);
      }),
    );
  }

  /** Whoever is signed out signs in again, most of the time. */
  function leave(session: SessionTruth): void {
    if (!browsing.delete(session) || time.now() > plan.horizon * 0.8) return;
    if (random.chance(0.7)) time.after(random.between(100, 5_000), arrive);
  }

  function next(session: SessionTruth): void {
    time.after(plan.server.accessLife * random.between(0.08, 0.9), () => {
      if (time.now() > plan.horizon || !browsing.has(session)) return;
      burst(session);
      next(session);
    });
  }

  /** Several calls at once, as a page makes them, at one instance or at many. */
  function burst(session: SessionTruth): void {
    const size = random.whole(1, 6);
    for (let i = 0; i < size; i += 1) {
      time.after(random.between(0, 40), () => {
        const host = fleet.anyOne();
        if (host) call(host, session, wantOf(session));
      });
    }
    const rates = faults.rates();
    if (random.chance(rates.refusedToken)) refuseTokens(session);
    if (random.chance(rates.serverRevocation)) {
      for (const server of world.servers.values()) server.revokeSession(session.id);
      trace.say(session.id, () => 'an administrator revokes its tokens');
    }
    if (random.chance(rates.ending)) time.after(random.between(0, 200), () => end(session));
  }

  function wantOf(session: SessionTruth): TokenWant {
    if (!isLasting(session)) return { ...plainly, provider: 'home', resource: resources[0] };
    const provider = plan.connected && random.chance(0.3) ? 'other' : 'home';
    return { ...plainly, provider, resource: random.pick(resources) };
  }

  function refuseTokens(session: SessionTruth): void {
    for (const [provider, grant] of Object.entries(session.record?.grants ?? {})) {
      for (const { value } of Object.values(grant.tokens)) {
        const issued = world.servers.get(provider)?.accessToken(value);
        if (issued) issued.refused = true;
      }
    }
    trace.say(session.id, () => 'the resource servers refuse its tokens from now on');
  }

  /** Somebody ends the session at one instance; calls follow at all. */
  function end(session: SessionTruth): void {
    const host = fleet.anyOne();
    if (!host) return;
    const { sessions } = host.engine;
    const how = random.pick(['sign-out', 'by sid', 'by subject', 'revoked'] as const);
    trace.say(session.id, () => `${host.name} is asked to end it: ${how}`);
    const endings = {
      async 'sign-out'() {
        session.wished.add('signed-out');
        const loaded = await sessions.load(session.ticket);
        if (loaded.kind !== 'active') return;
        await sessions.end(session.id, 'signed-out');
        host.revoke(loaded.session);
      },
      async 'by sid'() {
        session.wished.add('provider-logout');
        await sessions.endProviderSession(issuer, session.sid, 'provider-logout');
      },
      async 'by subject'() {
        session.wished.add('provider-logout');
        await sessions.endSubject(issuer, session.user, 'provider-logout');
      },
      async revoked() {
        session.wished.add('revoked');
        await sessions.endSubject(issuer, session.user, 'revoked');
      },
    };
    host.process.run(() => void endings[how]().catch(() => undefined));
    for (const after of [
      random.between(0, 900),
      random.between(1_000, 1_500),
      random.between(1_500, 6_000),
    ]) {
      time.after(after, () => {
        for (const one of fleet.all()) call(one, session, wantOf(session));
      });
    }
  }

  for (let i = 0; i < plan.sessions; i += 1) time.after(random.between(0, 2_000), arrive);

  /** Calls, and again after a while where the answer was to come back later. */
  function mustBeServed(host: RunningHost, session: SessionTruth, want: TokenWant, triesLeft: number): void {
    call(host, session, want, (result) => {
      if (result === 'served' || result === 'signed out') return;
      if (result === 'unavailable' && triesLeft > 0) {
        time.after(1_500, () => mustBeServed(host, session, want, triesLeft - 1));
      } else {
        verdict.violated('recovers', session.id, `${host.name} answers ${want.resource}: ${result}`);
      }
    });
  }

  return {
    callAll() {
      const wants = [...world.servers.keys()].flatMap((provider) =>
        resources.map((resource) => ({ ...plainly, provider, resource })),
      );
      for (const session of browsing) {
        for (const host of fleet.all()) {
          for (const want of isLasting(session) ? wants : wants.slice(0, 1))
            mustBeServed(host, session, want, 2);
        }
      }
    },
    unanswered: () =>
      [...waiting.values()]
        .filter(({ host }) => !host.process.isDead())
        .map(({ host, session }) => `${host.name} never answered a call of ${session.id}`),
  };
}

/** Whether it has something to refresh with. */
function isLasting({ record }: SessionTruth): boolean {
  return Object.values(record?.grants ?? {}).every(({ refreshToken }) => refreshToken !== null);
}
