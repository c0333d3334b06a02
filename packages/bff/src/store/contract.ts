import { equal } from 'node:assert/strict';
import { changeCases } from './contract/changes.ts';
import { counterCases } from './contract/counters.ts';
import { leaseCases } from './contract/leases.ts';
import { onceCases } from './contract/once.ts';
import { sessionCases } from './contract/sessions.ts';
import type { ContractCase, ContractSubject } from './contract/subject.ts';
import { ownExpiryCases, sweepCases, sweptExpiryCases } from './contract/sweep.ts';
import { upkeepCases } from './contract/upkeep.ts';

export type { ContractCase, ContractSubject } from './contract/subject.ts';

/** What {@link storeContract} takes. */
export interface StoreContractOptions {
  /** Opens a store that holds nothing. Called once per case. */
  readonly open: () => Promise<ContractSubject>;
  /** Whether several handles can be open on the same data: then `open` must give `openAgain`. */
  readonly shared: boolean;
  /**
   * Who drops tombstones, names and counts that have expired: `sweep` (unless told), by the time that it is given, or the store
   * `by-itself`, by the time that passes.
   */
  readonly expiry?: 'by-sweep' | 'by-itself';
  /** Milliseconds to wait at most until a change reaches a second handle; 5000 unless told. */
  readonly patience?: number;
}

/**
 * Every promise of {@link Store}, as cases that a test runner can loop over. A case rejects with an `AssertionError`
 * where the store breaks its promise. Nothing here depends on the time of day: each method is told what time it is.
 *
 * @example
 * import { storeContract } from '@coatcheck/bff/store-contract';
 *
 * for (const { name, run } of storeContract({ open, shared: true })) test(name, run);
 */
export function storeContract(options: StoreContractOptions): ContractCase[] {
  const { open, shared, expiry = 'by-sweep', patience = 5000 } = options;
  const cases = [
    ...sessionCases,
    ...onceCases,
    ...leaseCases,
    ...counterCases,
    ...changeCases,
    ...sweepCases,
    ...(expiry === 'by-sweep' ? sweptExpiryCases : ownExpiryCases),
    ...upkeepCases,
  ];
  return cases
    .filter(({ needsSecondHandle }) => shared || !needsSecondHandle)
    .map(({ name, check }) => ({
      name,
      async run() {
        const subject = await open();
        try {
          equal(
            subject.openAgain !== undefined,
            shared,
            'open() must give openAgain where the store is shared',
          );
          await check(subject, patience);
        } finally {
          await subject.dispose();
        }
      },
    }));
}
