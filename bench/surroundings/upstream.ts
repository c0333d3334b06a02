import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import nodePath from 'node:path';
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
  /** Answers a GET with {@link largeBytes} bytes of text. */
  readonly largePath: string;
  /** Takes a body and answers as the small GET. */
  readonly uploadPath: string;
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
const largePath = `${prefix}/large`;
const uploadPath = `${prefix}/upload`;
const seenPath = `${prefix}/seen`;

/** Where things are, on every API that is started here. */
export const upstreamPaths = { prefix, path, largePath, uploadPath, seenPath } as const;

/** 200 bytes of JSON. */
export const smallBody = JSON.stringify({ id: 7, title: 'A small answer', text: 'x'.repeat(157) });

/** What the large GET brings and the large POST sends. */
export const largeBytes = 100 * 1_024;

/** Starts an API that costs as little as can be had: nginx, or a small `node:http` server where there is none. */
export async function startUpstream(machine: Machine, folder: string): Promise<Upstream> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const common = { machine, place: 'load', name: 'upstream', folder, readyUrl: `${origin}${path}` } as const;
  const version = findNginx();
  const large = nodePath.join(folder, 'large.txt');
  if (version !== undefined) await writeFile(large, 'x'.repeat(largeBytes));
  const program =
    version === undefined
      ? await startProgram({
          ...common,
          command: process.execPath,
          args: [import.meta.filename],
          environment: { PORT: String(port) },
        })
      : await startNginx({ ...common, http: staticAnswers(port, large) });
  const name = version === undefined ? 'node:http' : `nginx ${version}`;
  return { ...upstreamPaths, origin, name, close: program.close };
}

const largeBody = Buffer.alloc(largeBytes, 'x');

function staticAnswers(port: number, large: string): string {
  return `
    map $http_authorization $token { default none; "~^Bearer ." bearer; }
    map $http_cookie $cookies { default some; "" none; }
    upstream self { server 127.0.0.1:${port}; keepalive 256; keepalive_requests 1000000000; }
    server {
      listen 127.0.0.1:${port};
      client_max_body_size 0;
      location = ${path} { return 200 '${smallBody}'; }
      # \`return\` would answer before the body is there. What proxies reads it first.
      location = ${uploadPath} {
        client_body_buffer_size 256k;
        proxy_pass http://self${path};
        proxy_method GET;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header Connection "";
        proxy_http_version 1.1;
      }
      location = ${largePath} { alias ${large}; sendfile on; default_type text/plain; }
      location = ${seenPath} { return 200 '{"token":"$token","cookie":"$cookies"}'; }
    }`;
}

/** The same API in Node. An upload is answered when all of it is there. */
export function answer(request: IncomingMessage, response: ServerResponse): void {
  const { authorization = '', cookie } = request.headers;
  const seen: Seen = {
    token: /^Bearer ./.test(authorization) ? 'bearer' : 'none',
    cookie: cookie === undefined ? 'none' : 'some',
  };
  const { body, type } = answerTo(request.url, seen);
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  if (request.method === 'POST') request.resume().on('end', () => response.end(body));
  else response.end(body);
}

function serve(): void {
  const server = createServer(answer);
  server.keepAliveTimeout = 60_000;
  server.listen(Number(given('PORT')), '127.0.0.1');
}

function answerTo(url: string | undefined, seen: Seen): { body: string | Buffer; type: string } {
  if (url === largePath) return { body: largeBody, type: 'text/plain' };
  return { body: url === seenPath ? JSON.stringify(seen) : smallBody, type: 'application/json' };
}

if (import.meta.main) serve();
