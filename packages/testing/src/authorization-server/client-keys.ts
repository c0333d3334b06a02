import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Client } from './settings.ts';

/** The client's public keys: those that it was registered with, or those that it publishes just now. */
export async function keysOfClient(client: Client): Promise<JSONWebKeySet> {
  if (client.jwksUri === undefined) return client.jwks ?? { keys: [] };
  const answer = await fetch(client.jwksUri);
  if (!answer.ok) throw new Error(`the client's keys cannot be had: ${answer.status}`);
  const keys: unknown = await answer.json();
  // A shape that jose refuses is told by jose.
  return keys as JSONWebKeySet;
}

/** The same as what jose verifies with. */
export async function verifierOfClient(client: Client): Promise<ReturnType<typeof createLocalJWKSet>> {
  return createLocalJWKSet(await keysOfClient(client));
}
