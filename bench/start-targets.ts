import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { checkForwarding } from './check-forwarding.ts';
import type { Runner } from './measure.ts';
import type { Measured } from './report.ts';
import type { Surroundings, Target } from './targets/target.ts';

/** Targets that run and forward as they should, and those that could not be had. */
export interface Lineup {
  readonly runners: readonly Runner[];
  readonly measured: readonly Measured[];
  /** What was left out, and why. */
  readonly missing: readonly string[];
}

/**
 * Starts targets one after the other and checks each.
 *
 * @param closers gets what closes them, also of those that started before one failed
 * @throws if a target does not start or does not forward
 */
export async function startTargets(
  targets: readonly Target[],
  surroundings: Surroundings,
  closers: (() => Promise<unknown>)[],
): Promise<Lineup> {
  const runners: Runner[] = [];
  const measured: Measured[] = [];
  const missing: string[] = [];
  for (const { name, about, start } of targets) {
    const folder = path.join(surroundings.folder, String(measured.length));
    await mkdir(folder, { recursive: true });
    const started = await start({ ...surroundings, folder });
    if (started.kind === 'unavailable') {
      missing.push(`${name}: ${started.reason}`);
      continue;
    }
    closers.push(started.close);
    await checkForwarding(name, started, surroundings.upstream);
    runners.push({ name, started });
    measured.push({ name, about, madeOf: started.madeOf });
  }
  return { runners, measured, missing };
}
