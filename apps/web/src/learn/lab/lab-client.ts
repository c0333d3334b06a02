import type { ApiFetch } from '@coatcheck/client';
import { recordOf, textOf } from '../diagnostics/read.ts';
import { type AttackerRecord, readRecords } from './findings.ts';
import type { ScenarioId, Victim } from './scenarios.ts';

/** Where the lab's servers are. */
export interface Places {
  readonly attacker: string;
  readonly weakApp: string;
  readonly issuer: string;
}

export type LabClient = ReturnType<typeof createLabClient>;

/** Asks the lab, through the BFF: this page may talk to its own origin alone. */
export function createLabClient(send: ApiFetch) {
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await send(`/lab/${path}`, { ...init, background: true });
    if (!answer.ok) throw new Error(`The lab answered with ${answer.status}.`);
    return recordOf(await answer.json());
  };
  const post = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    async places(): Promise<Places> {
      const { attacker, weakApp, issuer } = await ask('places');
      return { attacker: textOf(attacker), weakApp: textOf(weakApp), issuer: textOf(issuer) };
    },
    /** The attacker's log, oldest first. */
    received: async (): Promise<AttackerRecord[]> => readRecords(await ask('received')),
    /** The attacker uses what was stolen before. */
    use: (from: Victim, scenario: ScenarioId) => post('use', { from, scenario }),
    forget: () => post('forget', {}),
  };
}
