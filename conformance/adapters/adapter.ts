import type { Jar } from '@coatcheck/testing';
import type { StoreAccess } from './store/store.ts';

/** What a BFF product must offer to be tested. Implement it in a file of your own and name that file in `CONFORMANCE_ADAPTER`. */
export interface Adapter {
  readonly name: string;
  /**
   * Starts the BFF as it would run in production: processes of their own, an empty store that survives them.
   * Resolves when it answers.
   *
   * @throws StartFailed when it refuses to run
   */
  start(wanted: Wanted): Promise<Bff>;
}

/** The set-up that a test needs, in words that no product owns. */
export interface Wanted {
  /** The first one is the default. */
  readonly providers: readonly ProviderWanted[];
  readonly routes?: readonly RouteWanted[];
  /** Seconds. Default: what the product has. */
  readonly idleTimeout?: number;
  /** Seconds. Default: what the product has. */
  readonly absoluteTimeout?: number;
  /** Keys that seal cookies, 32 bytes in base64url; the first seals, all open. Default: a new one. */
  readonly keys?: readonly string[];
  /** Processes behind the one public address; default 1. */
  readonly instances?: number;
  /** A store on a server of its own, whose network can fail; default: whatever the run is on. */
  readonly storeCanFail?: boolean;
  /** The product's own options, laid over all that. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Environment variables of the product. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ProviderWanted {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes?: readonly string[];
  /** The product's own options. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface RouteWanted {
  /** `/api/x` reaches the upstream as `/api/x`. */
  readonly prefix: string;
  /** Origin. */
  readonly upstream: string;
  /** Whose access token is sent; default the first provider's. */
  readonly provider?: string;
  /** Whether WebSockets may pass; default no. */
  readonly webSockets?: boolean;
  /** The product's own options. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A running BFF. Jars made by it share its clock. */
export interface Bff {
  /** The public origin, without a trailing slash. */
  readonly url: string;
  readonly managementUrl: string;
  /** The same of each instance. */
  readonly managementUrls: readonly string[];
  readonly paths: BffPaths;
  readonly cookies: BffCookies;
  /** A new browser without cookies, or with those of another. */
  jar(from?: Jar): Jar;
  /** Where a sign-in starts: path and query. */
  loginPath(options?: LoginOptions): string;
  /** Everything its processes have written so far, across restarts. */
  log(): string;
  /** Process ids by instance. */
  readonly pids: readonly number[];
  /** How the processes ended, by instance; undefined while they run, null after a signal. */
  readonly exitCodes: readonly (number | null | undefined)[];
  /** Ports by instance: for raw sockets. Host must still be the public one. */
  readonly ports: readonly number[];
  /** Where it keeps its sessions. */
  readonly store: StoreAccess;
  /** Sends the connections that come from now on to one instance; undefined: to each in turn that takes them. */
  pin(instance: number | undefined): void;
  /** SIGTERM, and waits. Default: all instances. */
  stop(instance?: number): Promise<void>;
  /** SIGKILL, and waits. Default: all instances. */
  kill(instance?: number): Promise<void>;
  /** Stops what still runs and starts again, on the same store, addresses and clock. Default: all instances. */
  restart(change?: Partial<Pick<Wanted, 'keys' | 'config' | 'env'>>, instance?: number): Promise<void>;
  /**
   * One of the two steps in which an operator takes a new key into use: first all instances learn it, then they seal
   * with it. Each holds from an instance's next restart on.
   */
  rotateKeys(step: 'announce' | 'activate'): Promise<void>;
  /** Moves the clock of all processes and jars on by milliseconds. */
  advance(milliseconds: number): Promise<void>;
  /** Ends every session of a person, by the product's administration. */
  endSubject(issuer: string, subject: string): Promise<void>;
  /** Ends all processes and removes the store. */
  close(): Promise<void>;
}

export interface BffPaths {
  readonly login: string;
  callback(provider: string): string;
  readonly session: string;
  readonly extend: string;
  readonly logout: string;
  readonly logoutCallback: string;
  readonly providers: string;
  /** Where somebody else's page starts a sign-in. */
  readonly initiateLogin: string;
  /** An account of another provider for the session. */
  connection(provider: string): string;
  /** The person's sessions; one of them is below it. */
  readonly sessions: string;
  /** Server-sent events about the session. */
  readonly events: string;
  backchannelLogout(provider: string): string;
  readonly frontchannelLogout: string;
  /** The client's public keys. */
  readonly jwks: string;
}

export interface BffCookies {
  /** Opens the session. */
  readonly ticket: string;
  /** Every cookie of the product starts with it. */
  readonly prefix: string;
  /** Of the cookies that hold one sign-in each. */
  readonly loginPrefix: string;
}

export interface LoginOptions {
  readonly returnTo?: string;
  readonly provider?: string;
  /** Added as they are. */
  readonly more?: Readonly<Record<string, string>>;
}

/** The BFF ended instead of answering. */
export class StartFailed extends Error {
  readonly exitCode: number | null;
  readonly output: string;

  constructor(exitCode: number | null, output: string) {
    super(`it ended with status ${exitCode} instead of starting:\n${output}`);
    this.name = 'StartFailed';
    this.exitCode = exitCode;
    this.output = output;
  }
}
