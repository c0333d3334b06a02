import type { Log } from '../log.ts';

/** An app that is registered with an emulated provider. */
export interface EmulatedClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What its users read. */
  readonly name: string;
  /** Compared character by character. */
  readonly redirectUris: readonly string[];
}

/** What every emulator takes. */
export interface EmulatorOptions<Client extends EmulatedClient = EmulatedClient> {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clients: readonly Client[];
  /** The address to listen on; loopback unless `exposed`. 127.0.0.1 by default. */
  readonly host?: string;
  /** Its address as everybody else writes it; without it, `http://<host>:<port>`. */
  readonly origin?: string;
  /** State lives in its folder `idp`; without it, in memory. */
  readonly dataDirectory?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Takes the events; without it nothing is logged. */
  readonly log?: Log;
  /** Somebody means to run it where others can reach it. */
  readonly exposed?: boolean;
}

/** A running emulator. */
export interface Emulator {
  /** Its origin: the base of all its addresses. */
  readonly url: string;
  /** Ends open connections and closes the state; may be called twice. */
  close(): Promise<void>;
}
