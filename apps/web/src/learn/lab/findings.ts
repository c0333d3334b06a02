import { listOf, oneOf, recordOf, textOf } from '../diagnostics/read.ts';
import { type ScenarioId, scenarios, type Victim, victims } from './scenarios.ts';

/** A token in the attacker's hands. Its beginning is all that this page is told. */
export interface StolenToken {
  readonly kind: 'access_token' | 'refresh_token';
  readonly beginning: string;
  readonly length: number;
  readonly usableUntil: Date | null;
}

const ways = ['storage', 'overheard', 'renewed', 'frame', 'page', 'call'] as const;
/** How the script came by what it sent. */
export type Way = (typeof ways)[number];

/** What the API said to a stolen token; without a name where it refused. */
export interface ApiAnswer {
  readonly status: number;
  readonly name: string | null;
}

/** What reached the attacker's server, or what came of using it. */
export type Finding =
  | {
      readonly what: 'tokens';
      readonly way: Way;
      readonly tokens: readonly StolenToken[];
      readonly answer: ApiAnswer | null;
    }
  | { readonly what: 'renewed'; readonly tokens: readonly StolenToken[]; readonly answer: ApiAnswer | null }
  | { readonly what: 'nothing'; readonly readable: number }
  | { readonly what: 'data'; readonly name: string; readonly email: string }
  | { readonly what: 'code-refused' | 'renewal-refused'; readonly status: number; readonly error: string }
  | { readonly what: 'no-loot' | 'form-sent' };

/** A line of the attacker's log. */
export interface AttackerRecord {
  readonly id: number;
  readonly from: Victim;
  readonly scenario: ScenarioId;
  readonly finding: Finding;
}

/** The log as the attacker's server tells it; what it says beside that is left out. */
export function readRecords(value: unknown): AttackerRecord[] {
  return listOf(recordOf(value).records).flatMap((record) => {
    const { id, from, scenario, finding } = recordOf(record);
    const known = { from: oneOf(victims, from), scenario: oneOf(scenarios, scenario) };
    const read = readFinding(recordOf(finding));
    if (!known.from || !known.scenario || !read) return [];
    return [{ id: Number(id), from: known.from, scenario: known.scenario, finding: read }];
  });
}

function readFinding(finding: Record<string, unknown>): Finding | undefined {
  const { what } = finding;
  switch (what) {
    case 'tokens':
      return { what, way: oneOf(ways, finding.way) ?? 'page', ...tokensAndAnswer(finding) };
    case 'renewed':
      return { what, ...tokensAndAnswer(finding) };
    case 'nothing':
      return { what, readable: Number(finding.readable) };
    case 'data':
      return { what, name: textOf(finding.name), email: textOf(finding.email) };
    case 'code-refused':
    case 'renewal-refused':
      return { what, status: Number(finding.status), error: textOf(finding.error) };
    case 'no-loot':
    case 'form-sent':
      return { what };
    default:
      return undefined;
  }
}

function tokensAndAnswer({ tokens, answer }: Record<string, unknown>) {
  const { status, name } = recordOf(answer);
  return {
    tokens: listOf(tokens).map(readToken),
    answer: typeof status === 'number' ? { status, name: typeof name === 'string' ? name : null } : null,
  };
}

function readToken(token: unknown): StolenToken {
  const { kind, beginning, length, usableUntil } = recordOf(token);
  return {
    kind: kind === 'refresh_token' ? kind : 'access_token',
    beginning: textOf(beginning),
    length: Number(length),
    usableUntil: typeof usableUntil === 'string' ? new Date(usableUntil) : null,
  };
}
