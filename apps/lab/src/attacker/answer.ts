import type { IncomingMessage, ServerResponse } from 'node:http';
import { attackerOrigin, type LabSettings, weakOrigin } from '../environment.ts';
import { bodyOf, parsed, send, sendJson } from '../http.ts';
import { forgingPage, receivedPage } from './pages.ts';
import { receive, scenarioNamed, victimNamed } from './receive.ts';
import type { Records } from './records.ts';
import { useLoot } from './use.ts';

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
      const places = { attacker: attackerOrigin(settings), weakApp: weakOrigin(settings), issuer };
      return sendJson(response, places);
    }
    case 'GET /lab/received':
      return sendJson(response, { records: records.list() });
    case 'POST /lab/use': {
      const { from, scenario } = parsed(await bodyOf(request));
      await use(settings, records, from, scenario);
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
  const victim = victimNamed(url.searchParams.get('victim'));
  switch (route) {
    case 'POST /collect':
      await receive(settings, records, await bodyOf(request));
      return send(response, 200, 'text/plain', '');
    case 'GET /collect':
      await receive(settings, records, url.searchParams.get('loot') ?? '');
      return send(response, 200, 'text/html', receivedPage());
    case 'GET /csrf':
      if (!victim) break;
      return send(response, 200, 'text/html', forgingPage(settings, victim));
    case 'POST /csrf/sent':
      if (!victim) break;
      records.add(victim, 'csrf', { what: 'form-sent' });
      return send(response, 200, 'text/plain', '');
  }
  send(response, 404, 'text/plain', 'Not found');
}

async function use(settings: LabSettings, records: Records, from: unknown, of: unknown): Promise<void> {
  const victim = victimNamed(from);
  const scenario = scenarioNamed(of);
  if (!victim || !scenario) return;
  const { finding, loot } = await useLoot(settings, records.lootOf(victim));
  records.keep(victim, loot);
  records.add(victim, scenario, finding);
}
