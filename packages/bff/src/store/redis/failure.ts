import { ErrorReply } from 'redis';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import type { RedisTarget } from './target.ts';

/** The first word of an error reply, and what an operator can do about it. */
const remedies: Readonly<Record<string, string>> = {
  WRONGPASS: 'it refuses the user name or password',
  NOAUTH: 'it asks for a password: put one into store.url or REDIS_PASSWORD',
  NOPERM:
    'its access list forbids a command, key or channel that the store needs (docs/stores.md names them)',
  LOADING: 'it is still loading its data',
  OOM: 'its memory is full (maxmemory)',
  READONLY: 'it is a read-only replica',
  MISCONF: 'it cannot save to its disk and takes no writes',
  NOREPLICAS: 'too few replicas follow it (min-replicas-to-write)',
  MASTERDOWN: 'it is a replica without a master',
  CLUSTERDOWN: 'the cluster is down',
  TRYAGAIN: 'the cluster is moving keys',
  BUSY: 'a script of another client keeps it busy',
  WRONGTYPE: 'a key of ours holds something else: does another program use the same prefix?',
};

/** Errors that waiting does not heal. */
const mistakes: readonly (readonly [RegExp, string])[] = [
  [
    /^(MOVED|ASK) |cluster support enabled|in cluster mode/i,
    'it is part of a cluster: write store.url with redis+cluster:',
  ],
  [/cluster support disabled/i, 'it is no cluster: write store.url with redis:'],
  [/unknown command.*hello|^NOPROTO/i, 'it is older than Redis 6'],
  [/DB index is out of range/i, 'it has no database of that number'],
];

/** Lua errors of our scripts: the values under our keys are not what a store wrote. */
const damage = /user_script:\d+: (bad argument|attempt to|data string too short)/;

/** The error to reject with: a {@link StoreError} that names the server and the remedy, never a secret. */
export function asStoreError(error: unknown, target: RedisTarget): StoreError {
  if (error instanceof StoreError) return error;
  const [code, why] = meaningOf(error);
  return new StoreError(code, `The Redis store at ${placeOf(target)} (store.url) cannot be used: ${why}.`, {
    cause: error,
  });
}

/** Whether the server is no longer the one to write to. */
export function isDemoted(error: unknown): boolean {
  return error instanceof ErrorReply && ['READONLY', 'MASTERDOWN'].includes(wordOf(error));
}

/** Whether a key holds something of another type than our strings. */
export function isOfAnotherType(error: unknown): error is StoreError {
  return (
    error instanceof StoreError && error.cause instanceof ErrorReply && wordOf(error.cause) === 'WRONGTYPE'
  );
}

/** Whether the server has forgotten a script, or never knew it. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith('NOSCRIPT');
}

function meaningOf(error: unknown): readonly [StoreErrorCode, string] {
  if (!(error instanceof Error)) return ['store_unavailable', 'its connection failed'];
  if (error instanceof AggregateError) {
    // Of several servers, one that answered knows more than those that did not.
    const answer: unknown = error.errors.find((one) => one instanceof ErrorReply);
    if (answer !== undefined) return meaningOf(answer);
  }
  if (!(error instanceof ErrorReply)) return ['store_unavailable', connectionProblem(error)];
  const mistake = mistakes.find(([pattern]) => pattern.test(error.message));
  if (mistake !== undefined) return ['store_incompatible', mistake[1]];
  const remedy = remedies[wordOf(error)];
  if (remedy !== undefined) return ['store_unavailable', remedy];
  if (damage.test(error.message)) {
    return ['store_unavailable', 'the store is damaged: a value is not what it wrote'];
  }
  return ['store_unavailable', `it answers ${error.message.slice(0, 100)}`];
}

/** The first word; scripts hide it from us in two ways. */
function wordOf({ message }: Error): string {
  if (message.startsWith('ERR The user executing the script')) return 'NOPERM';
  return /^ERR Error running script.*?: -([A-Z]+) /.exec(message)?.[1] ?? message.split(' ', 1)[0] ?? '';
}

function connectionProblem(error: Error): string {
  if (/^(Disconnects client|The client is (closed|offline))/.test(error.message))
    return 'the connection was lost';
  if (/^Socket closed unexpectedly/.test(error.message))
    return 'it closed the connection (redis: or rediss:?)';
  if (error instanceof AggregateError) return error.errors.map(String).join('; ');
  return error.message;
}

function placeOf({ topology }: RedisTarget): string {
  const hosts =
    topology.kind === 'single'
      ? [topology.host]
      : topology.kind === 'cluster'
        ? topology.nodes
        : topology.sentinels;
  const places = hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
  return topology.kind === 'sentinel' ? `${topology.master} (sentinels ${places})` : places;
}
