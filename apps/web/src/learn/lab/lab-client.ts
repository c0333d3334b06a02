import type { ApiFetch } from '@coatcheck/client';
import { listOf, recordOf, textOf } from '../diagnostics/read.ts';
import type { ScenarioId, Victim } from './scenarios.ts';

/** Where the lab's servers are. */
export interface Places {
  readonly attacker: string;
  readonly weakApp: string;
  readonly issuer: string;
}

/** What reached the attacker's server, or what it did with that. */
export interface AttackerRecord {
  readonly id: number;
  readonly from: string;
  readonly scenario: string;
  readonly text: string;
  readonly tokens: readonly StolenToken[];
}

export interface StolenToken {
  readonly kind: string;
  readonly beginning: string;
  readonly length: number;
  readonly usableUntil: Date | null;
}

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
    async received(): Promise<AttackerRecord[]> {
      return listOf((await ask('received')).records).map(recordFrom);
    },
    use: (from: Victim, scenario: ScenarioId) => post('use', { from, scenario }),
    forget: () => post('forget', {}),
  };
}

function recordFrom(value: unknown): AttackerRecord {
  const { id, from, scenario, text, tokens } = recordOf(value);
  return {
    id: Number(id),
    from: textOf(from),
    scenario: textOf(scenario),
    text: textOf(text),
    tokens: listOf(tokens).map((token) => {
      const { kind, beginning, length, usableUntil } = recordOf(token);
      return {
        kind: textOf(kind),
        beginning: textOf(beginning),
        length: Number(length),
        usableUntil: typeof usableUntil === 'string' ? new Date(usableUntil) : null,
      };
    }),
  };
}
