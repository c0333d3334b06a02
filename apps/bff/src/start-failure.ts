import { ConfigError, StoreError } from '@coatcheck/bff';
import { PortTaken } from './listen.ts';

/** A worker that could not serve, with its own words. */
export class WorkerUnfit extends Error {
  /** Whether the message says what to do, and needs no stack. */
  readonly isForPeople: boolean;

  constructor(message: string, isForPeople: boolean) {
    super(message);
    this.name = 'WorkerUnfit';
    this.isForPeople = isForPeople;
  }
}

/** Whether a start failed for something that the message names and people can mend. */
export function isForPeople(error: unknown): error is Error {
  if (error instanceof WorkerUnfit) return error.isForPeople;
  return error instanceof ConfigError || error instanceof StoreError || error instanceof PortTaken;
}
