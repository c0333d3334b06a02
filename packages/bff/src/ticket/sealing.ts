import fastifySecureSession from '@fastify/secure-session';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { deriveKeys } from './keys.ts';

/** The sealed cookies, and for how long a sealed value may be opened. Seconds. */
export interface SealLifetimes {
  readonly ticket: number;
  readonly here: number;
  readonly transaction: number;
  readonly logout: number;
}

type SealName = keyof SealLifetimes;

/** What a sealed value held; `rotate` when an old key opened it. */
export interface Opened {
  readonly values: Readonly<Record<string, unknown>>;
  readonly rotate: boolean;
}

/** Seals small records for cookies and opens them again. */
export interface Sealing {
  seal(name: SealName, values: Record<string, string | number>): string;
  /** Undefined for whatever was not sealed by us under this name, or too long ago. */
  open(name: SealName, sealed: string): Opened | undefined;
}

/**
 * Sealing by @fastify/secure-session (libsodium secretbox), used through its encode and decode functions alone. It is
 * registered in a context of its own without routes: its hooks would read and write cookies on every request.
 *
 * @param rootKeys the first seals, all open
 */
export async function createSealing(
  fastify: FastifyInstance,
  rootKeys: readonly Buffer[],
  lifetimes: SealLifetimes,
): Promise<Sealing> {
  const names: SealName[] = ['ticket', 'here', 'transaction', 'logout'];
  let sealing: Sealing | undefined;
  await fastify.register(async (context) => {
    await context.register(
      fastifySecureSession,
      names.map((name) => ({ sessionName: name, key: deriveKeys(rootKeys, name), expiry: lifetimes[name] })),
    );
    sealing = sealingOf(context, context.log);
  });
  if (!sealing) throw new Error('@fastify/secure-session did not load');
  return sealing;
}

function sealingOf(context: FastifyInstance, log: FastifyBaseLogger): Sealing {
  return {
    seal: (name, values) => context.encodeSecureSession(context.createSecureSession({ ...values }), name),
    open(name, sealed) {
      // The library reads base64 leniently: one ticket would be many cookie values.
      if (!sealed.split(';').every((part) => Buffer.from(part, 'base64').toString('base64') === part))
        return undefined;
      try {
        const session = context.decodeSecureSession(sealed, log, name);
        const values = session?.data();
        return session && values ? { values: { ...values }, rotate: session.changed } : undefined;
      } catch (error) {
        log.debug({ err: error }, 'a sealed value could not be read');
        return undefined;
      }
    },
  };
}
