import { createSecretKey } from 'node:crypto';
import type { Grant } from '../src/session/record.ts';
import type { RunningHost } from './host.ts';
import type { Random } from './random.ts';
import type { SessionTruth } from './truth.ts';
import type { World } from './world.ts';

export const issuer = 'https://id.example';

/** The resources that calls are for; a sign-in brings a token for the first alone. */
export const resources = ['urn:notes', 'urn:files'] as const;

/**
 * A person signs in at an instance.
 *
 * @param done told when the browser has its ticket
 */
export function signIn(
  world: World,
  host: RunningHost,
  user: string,
  random: Random,
  done: (session: SessionTruth) => void,
): void {
  const { truth, plan } = world;
  const id = `s${truth.sessions.size + 1}`;
  const key = createSecretKey(Buffer.from(Array.from({ length: 32 }, () => random.whole(0, 255))));
  const wished = truth.wishes.get(user) ?? new Set();
  truth.wishes.set(user, wished);
  const session: SessionTruth = {
    id,
    key,
    ticket: { idHash: id, key, rotate: false },
    user,
    sid: `sid-${id}`,
    record: undefined,
    ended: undefined,
    wished,
    attempts: [],
    committed: new Map(),
  };
  truth.sessions.set(id, session);
  const at = host.now();
  const lasting = random.chance(0.95);
  const grants = Object.fromEntries(
    [...world.servers.keys()].map((provider) => [provider, firstGrant(world, provider, id, at, lasting)]),
  );
  host.engine.sessions
    .start(
      { ticket: session.ticket, secrets: { id, key: '' } },
      {
        format: 1,
        provider: 'home',
        issuer,
        subject: user,
        providerSession: session.sid,
        user: { sub: user },
        roles: [],
        acr: null,
        amr: [],
        authTime: null,
        createdAt: at,
        expiresAt: at + plan.absolute,
        grants,
      },
      new Uint8Array(8),
    )
    .then(
      () => done(session),
      () => undefined,
    );
}

/** @param lasting whether it comes with a refresh token */
function firstGrant(
  world: World,
  provider: string,
  session: string,
  receivedAt: number,
  lasting: boolean,
): Grant {
  const server = world.servers.get(provider);
  if (!server) throw new RangeError(`no provider ${provider}`);
  const { refresh, access } = server.signIn(session, resources.slice(0, 1));
  return {
    generation: 1,
    refreshToken: lasting ? refresh.value : null,
    idToken: null,
    scopes: [],
    tokens: Object.fromEntries(
      access.map(({ resource, value }) => [
        resource,
        { value, type: 'Bearer', scopes: [], receivedAt, expiresAt: receivedAt + server.policy.accessLife },
      ]),
    ),
  };
}
