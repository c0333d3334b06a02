import type { SessionIndex } from '../store.ts';

/** The names of everything that one store keeps in Redis. Each command is about one key, so a cluster needs no tags. */
export interface Keys {
  session(id: string): string;
  /** Which sessions a hash has, scored by the latest time at which they end. */
  index(index: SessionIndex, hash: string): string;
  /** Which sessions to look at when, for the sweep: all of them, spread over {@link endShards} keys. */
  ends(shard: number): string;
  once(name: string): string;
  lease(name: string): string;
  counter(name: string): string;
  /** Says who wrote the other keys. The only one without a time to live. */
  readonly format: string;
  readonly probe: string;
  /** The channel on which changes are told. */
  readonly changes: string;
}

export const endShards = 16;

export function keysUnder(prefix: string, database: number): Keys {
  const indexes = { subject: 'subject', providerSession: 'provider-session' };
  return {
    session: (id) => `${prefix}session:${id}`,
    index: (index, hash) => `${prefix}${indexes[index]}:${hash}`,
    ends: (shard) => `${prefix}ends:${shard}`,
    once: (name) => `${prefix}once:${name}`,
    lease: (name) => `${prefix}lease:${name}`,
    counter: (name) => `${prefix}counter:${name}`,
    format: `${prefix}format`,
    probe: `${prefix}probe`,
    // Channels know no databases.
    changes: `${prefix}changes:${database}`,
  };
}

/** Session ids are hashes, so any part of one spreads evenly. */
export function shardOf(id: string): number {
  return id.charCodeAt(0) % endShards || 0;
}
