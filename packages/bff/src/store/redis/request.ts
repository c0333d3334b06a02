import { createHash } from 'node:crypto';
import { isUnknownScript } from './failure.ts';

export type Argument = string | Buffer;

/** One command about one key. */
export interface Request {
  readonly key: string;
  readonly args: readonly Argument[];
  /** What to send instead where the server does not know the script. */
  readonly withText?: readonly Argument[];
}

/** Sends a command over some connection. */
export type Send = (args: readonly Argument[]) => Promise<unknown>;

/** A Lua script that the server runs as one step. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

export function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** A command; `rest` is what follows the key. */
export function command(name: string, key: string, ...rest: readonly Argument[]): Request {
  return { key, args: [name, key, ...rest] };
}

/** A run of a script; `rest` is its ARGV. */
export function run({ text, sha1 }: Script, key: string, ...rest: readonly Argument[]): Request {
  return { key, args: ['EVALSHA', sha1, '1', key, ...rest], withText: ['EVAL', text, '1', key, ...rest] };
}

/** Sends a request; a script in full where the server has to be told it, as after each restart. */
export async function perform(send: Send, { args, withText }: Request): Promise<unknown> {
  try {
    return await send(args);
  } catch (error) {
    if (withText === undefined || !isUnknownScript(error)) throw error;
    return send(withText);
  }
}
