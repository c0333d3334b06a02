import type { Principal } from '@coatcheck/resource-server';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const authorization = Compile(Type.Object({ type: Type.Literal('authorize'), token: Type.String() }));

/** The first message on a connection. */
export function helloOf({ issuer, subject }: Principal): string {
  return JSON.stringify({ type: 'hello', issuer, subject });
}

/** A message on its way back to who sent it. */
export function echoOf({ subject }: Principal, text: string): string {
  return JSON.stringify({ type: 'echo', subject, text });
}

/** The access token in a message that brings one; undefined for any other message. */
export function nextTokenIn(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const message: unknown = JSON.parse(text);
    return authorization.Check(message) ? message.token : undefined;
  } catch {
    return undefined;
  }
}
