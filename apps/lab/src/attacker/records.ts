import type { Finding, Loot, ScenarioId, Victim } from './findings.ts';

/** A line of the attacker's log. */
export interface AttackerRecord {
  readonly id: number;
  /** ISO 8601 */
  readonly at: string;
  readonly from: Victim;
  readonly scenario: ScenarioId;
  readonly finding: Finding;
}

/** The attacker's log and loot, in memory. */
export interface Records {
  add(from: Victim, scenario: ScenarioId, finding: Finding): void;
  list(): readonly AttackerRecord[];
  keep(from: Victim, loot: Loot): void;
  lootOf(from: Victim): Loot;
  forget(): void;
}

const mostRecords = 200;

/** @param now milliseconds since the epoch */
export function createRecords(now: () => number): Records {
  let list: AttackerRecord[] = [];
  let last = 0;
  const loot = new Map<Victim, Loot>();
  return {
    add(from, scenario, finding) {
      last += 1;
      list = [...list, { id: last, at: new Date(now()).toISOString(), from, scenario, finding }].slice(
        -mostRecords,
      );
    },
    list: () => list,
    keep: (from, found) => loot.set(from, { ...loot.get(from), ...found }),
    lootOf: (from) => loot.get(from) ?? {},
    forget() {
      list = [];
      loot.clear();
    },
  };
}
