import type { LabSettings } from '../environment.ts';
import { parsed, recordOf, textOf } from '../http.ts';
import { type ScenarioId, scenarios, shownTokens, tokensIn, type Victim, victims, ways } from './findings.ts';
import type { Records } from './records.ts';
import { callApi, redeemAsBff } from './use.ts';

/** Keeps what a script sent, and tries it at once. What is none of the lab's attacks is nothing. */
export async function receive(settings: LabSettings, records: Records, text: string): Promise<void> {
  const message = parsed(text);
  const victim = victimNamed(message.from);
  const scenario = scenarioNamed(message.scenario);
  const way = ways.find((known) => known === message.way);
  if (!victim || !scenario || !way) return;
  const readable = JSON.stringify(message.loot ?? {});
  const found = tokensIn(readable);
  records.keep(victim, found);
  if (shownTokens(found).length > 0) {
    const answer = found.accessToken === undefined ? null : await callApi(settings, found.accessToken);
    records.add(victim, scenario, { what: 'tokens', way, tokens: shownTokens(found), answer });
  } else if (message.loot !== undefined) {
    records.add(victim, scenario, { what: 'nothing', way, readable: readable.length });
  }
  if (message.data !== undefined) {
    const { name, email } = recordOf(recordOf(message.data).claims);
    records.add(victim, scenario, { what: 'data', name: textOf(name), email: textOf(email) });
  }
  if (victim === 'coatcheck' && scenario === 'frame') {
    records.add(victim, scenario, await redeemAsBff(settings));
  }
}

export function victimNamed(value: unknown): Victim | undefined {
  return victims.find((victim) => victim === value);
}

export function scenarioNamed(value: unknown): ScenarioId | undefined {
  return scenarios.find((scenario) => scenario === value);
}
