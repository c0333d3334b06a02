import { createServer } from 'node:http';
import { given } from '../given.ts';
import type { Machine } from '../machine.ts';
import { freePort, startProgram } from '../program.ts';
import { findNginx, startNginx } from './nginx.ts';

/** The API behind every target. */
export interface Upstream {
  readonly origin: string;
  readonly prefix: string;
  /** Of the small GET. */
  readonly path: string;
  /** Below any target: answers with {@link Seen}. */
  readonly seenPath: string;
  /** What is there, for the report. */
  readonly name: string;
  close(): Promise<void>;
}

/** What the API saw of a request. */
export interface Seen {
  readonly token: 'bearer' | 'none';
  readonly cookie: 'some' | 'none';
}

const prefix = '/api';
const path = `${prefix}/small`;
const seenPath = `${prefix}/seen`;

/** 200 bytes of JSON. */
export const smallBody = JSON.stringify({ id: 7, title: 'A small answer', text: 'x'.repeat(157) });

/** Starts an API that costs as little as can be had: nginx, or a small `node:http` server where there is none. */
export async function startUpstream(machine: Machine, folder: string): Promise<Upstream> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const common = { machine, place: 'load', name: 'upstream', folder, readyUrl: `${origin}${path}` } as const;
  const version = findNginx();
  const program =
    version === undefined
      ? await startProgram({
          ...common,
          command: process.execPath,
          args: [import.meta.filename],
          environment: { PORT: String(port) },
        })
      : await startNginx({ ...common, http: staticAnswers(port) });
  const name = version === undefined ? 'node:http' : `nginx ${version}`;
  return { origin, prefix, path, seenPath, name, close: program.close };
}

function staticAnswers(port: number): string {
  return `
    map $http_authorization $token { default none; "~^Bearer ." bearer; }
    map $http_cookie $cookies { default some; "" none; }
    server {
      listen 127.0.0.1:${port};
      location = ${path} { return 200 '${smallBody}'; }
      location = ${seenPath} { return 200 '{"token":"$token","cookie":"$cookies"}'; }
    }`;
}

function serve(): void {
  const server = createServer((request, response) => {
    const { authorization = '', cookie } = request.headers;
    const seen: Seen = {
      token: /^Bearer ./.test(authorization) ? 'bearer' : 'none',
      cookie: cookie === undefined ? 'none' : 'some',
    };
    const body = request.url === seenPath ? JSON.stringify(seen) : smallBody;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(given('PORT')), '127.0.0.1');
}

if (import.meta.main) serve();
