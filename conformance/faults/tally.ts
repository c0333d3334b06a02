/** What a run adds up to. */
export interface Tally {
  /** Refreshes that expiries made due: one per grant and resource. */
  due: number;
  /** One more for each holder that was dead, or silent past its lease. */
  extra: number;
  /** Sessions that ended without anybody wanting it. */
  lost: number;
  /** Those whose holder stopped between the server's rotation and its commit, at a server without a grace. */
  unavoidable: number;
  /** How long an ended session was served elsewhere, by the slowest of three instances. Milliseconds. */
  readonly revocations: number[];
}

export function startTally(): Tally {
  return { due: 0, extra: 0, lost: 0, unavoidable: 0, revocations: [] };
}

/** The value below which a share of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
