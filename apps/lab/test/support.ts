import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestOptions, request, type Server } from 'node:http';
import { onTestFinished } from 'vitest';
import type { LabSettings } from '../src/environment.ts';
import { startLab } from '../src/lab.ts';

/** A JWT that runs out at that second; nobody checks its signature. */
export function tokenUntil(exp: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'at+jwt' })}.${part({ exp })}.c2lnbmF0dXJl`;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The lab, with servers in the place of the demo's provider and API. */
export async function labWith(answers: {
  provider?: (body: URLSearchParams) => Answer;
  api?: (request: IncomingMessage) => Answer;
}) {
  const refused = { status: 401, body: '{"error":"invalid_client"}' };
  const provider = await serve((_, body) => answers.provider?.(new URLSearchParams(body)) ?? refused);
  const api = await serve((incoming) => answers.api?.(incoming) ?? { status: 401, body: '{}' });
  const [weakPort, attackerPort] = await Promise.all([freePort(), freePort()]);
  const app = 'http://localhost:3000';
  const settings: LabSettings = { weakPort, attackerPort, issuer: provider, api, app };
  const lab = await startLab(settings, () => Date.UTC(2026, 0, 1));
  onTestFinished(() => lab.close());

  const ask = (port: number, host: string, method: string, target: string, body = '') =>
    send({ host: '127.0.0.1', port, method, path: target, headers: { host } }, body);
  const asBff = (method: string, target: string, body?: object) =>
    ask(attackerPort, `127.0.0.1:${attackerPort}`, method, target, body && JSON.stringify(body));
  return {
    asBff,
    /** As a page does that a script sends to the attacker. */
    asVictim: (method: string, target: string, body?: object) =>
      ask(attackerPort, `attacker.localhost:${attackerPort}`, method, target, body && JSON.stringify(body)),
    asHost: (host: string) => ask(attackerPort, host, 'GET', '/lab/received'),
    weak: (method: string, target: string, body?: string, host = `127.0.0.1:${weakPort}`) =>
      ask(weakPort, host, method, target, body),
    async records() {
      const { records }: { records: unknown } = JSON.parse((await asBff('GET', '/lab/received')).body);
      return records;
    },
  };
}

async function serve(answer: (request: IncomingMessage, body: string) => Answer): Promise<string> {
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const part of incoming) text += String(part);
    const { status, body } = answer(incoming, text);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const port = await listenOn(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listenOn(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function send(options: RequestOptions, body: string): Promise<Answer> {
  const outgoing = request(options);
  outgoing.end(body);
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
  let text = '';
  if (incoming) for await (const part of incoming) text += String(part);
  return { status: incoming?.statusCode ?? 0, body: text };
}
