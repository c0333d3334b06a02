import type { Machine } from '../machine.ts';
import type { Provider } from '../surroundings/authorization-server.ts';
import type { Upstream } from '../surroundings/upstream.ts';

/** What a target finds running when it starts. */
export interface Surroundings {
  readonly machine: Machine;
  readonly upstream: Upstream;
  readonly provider: Provider;
  /** Empty, the target's own, removed after the run. */
  readonly folder: string;
}

/** A target that runs, and is signed in where it has sessions. */
export interface Started {
  readonly kind: 'started';
  /** Of a small GET that it forwards. */
  readonly url: string;
  /** What a signed-in browser sends. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its processes; their descendants count too. */
  readonly pids: readonly number[];
  /** What it must send upstream: the session's access token, or none. Checked before and after the run. */
  readonly sends: 'bearer' | 'nothing';
  /** Names and versions of what it is made of. */
  readonly madeOf: string;
  close(): Promise<void>;
}

/** The machine lacks what the target needs. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
}

/** Something that proxies, to be measured beside the others. To add one: one file here, one line in `all.ts`. */
export interface Target {
  readonly name: string;
  /** One line for the report. */
  readonly about: string;
  /** @throws if it is there, but does not start or sign in */
  start(surroundings: Surroundings): Promise<Started | Unavailable>;
}
