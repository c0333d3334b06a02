import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { attackerOrigin, type LabSettings, weakClientId, weakOrigin } from '../environment.ts';
import { bodyOf, send, sendJson } from '../http.ts';

const folder = path.join(import.meta.dirname, '../../public');

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html'],
  '/callback': ['index.html', 'text/html'],
  '/app.js': ['app.js', 'text/javascript'],
  '/tokens.js': ['tokens.js', 'text/javascript'],
  '/attack.js': ['attack.js', 'text/javascript'],
  '/app.css': ['app.css', 'text/css'],
};

/** What its reverse proxy passes on of the API. */
const passed = ['GET /api/me', 'POST /api/notes'];

/**
 * An app as many are: static files without a Content-Security-Policy, and a reverse proxy to the token endpoint and
 * the API, so that neither needs CORS. Script in the page holds the tokens.
 */
export async function answerAsWeakApp(
  settings: LabSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = (request.url ?? '/').replace(/\?.*$/s, '');
  if (request.headers.host !== new URL(weakOrigin(settings)).host) {
    return send(response, 421, 'text/plain', 'Wrong address');
  }
  const file = request.method === 'GET' ? files[target] : undefined;
  if (file) return send(response, 200, file[1], readFileSync(path.join(folder, file[0]), 'utf8'));
  if (target === '/settings.json') {
    const { issuer } = settings;
    return sendJson(response, { issuer, clientId: weakClientId, attacker: attackerOrigin(settings) });
  }
  if (target === '/token' && request.method === 'POST') {
    const body = new URLSearchParams(await bodyOf(request));
    return passOn(await fetch(`${settings.issuer}/token`, { method: 'POST', body }), response);
  }
  if (passed.includes(`${request.method} ${target}`)) {
    const { authorization, 'content-type': type } = request.headers;
    const headers = { ...(authorization && { authorization }), ...(type && { 'content-type': type }) };
    const body = request.method === 'POST' ? await bodyOf(request) : null;
    const init = { method: request.method ?? 'GET', headers, body };
    return passOn(await fetch(`${settings.api}${target}`, init), response);
  }
  send(response, 404, 'text/plain', 'Not found');
}

async function passOn(answer: Response, response: ServerResponse): Promise<void> {
  send(response, answer.status, answer.headers.get('content-type') ?? 'text/plain', await answer.text());
}
