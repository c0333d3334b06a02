import type { Principal } from '@coatcheck/resource-server';

/** The first message on a connection. */
export function helloOf({ issuer, subject }: Principal): string {
  return JSON.stringify({ type: 'hello', issuer, subject });
}

/** A message on its way back to who sent it. */
export function echoOf({ subject }: Principal, text: string): string {
  return JSON.stringify({ type: 'echo', subject, text });
}
