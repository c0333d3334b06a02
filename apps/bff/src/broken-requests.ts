import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  type Problem,
  problemDetails,
  problemHeaders,
  problemRegistry,
  securityHeaders,
} from '@coatcheck/bff';

/** Answers what Node's parser refuses. */
export interface BrokenRequests {
  /** Remembers that a connection owes this answer. */
  follow(response: ServerResponse): void;
  /** It was answered in full. */
  answered(response: ServerResponse): void;
  /** For `clientError`: answers, where that cannot be taken for something else, and closes the connection. */
  answer(error: Error & { code?: string }, socket: Socket): void;
}

const byParserCode: Readonly<Record<string, Problem['code']>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** @param strictTransport whether answers carry HSTS */
export function createBrokenRequests(strictTransport: boolean): BrokenRequests {
  const always = securityHeaders(strictTransport);
  const connections = new WeakMap<Socket, Owed>();
  return {
    follow(response) {
      const { socket } = response.req;
      const owed = connections.get(socket);
      if (owed === undefined) connections.set(socket, { open: [response], closes: false });
      else owed.open.push(response);
    },
    answered(response) {
      const owed = connections.get(response.req.socket);
      if (owed === undefined) return;
      owed.open = owed.open.filter((other) => other !== response);
      owed.closes = !(response.req.complete && response.shouldKeepAlive);
    },
    answer(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy();
        return;
      }
      const standing = standingOf(connections.get(socket));
      // Nothing can be said in the middle of another answer but that it ends here.
      if (standing === 'begun') socket.destroy();
      // A second answer would be taken for that of another request (RFC 9112 §9.3.2).
      else if (standing === 'answered') socket.destroySoon();
      else socket.end(rendered(byParserCode[error.code ?? ''] ?? 'malformed_request', always));
    },
  };
}

/** What a connection still has to answer. Nothing of what was answered is kept: most connections are idle. */
interface Owed {
  open: ServerResponse[];
  /** What broke is the rest of the last request that was answered, or the connection was to end with it. */
  closes: boolean;
}

/** How far the answers of a connection are whose input broke. */
function standingOf(owed: Owed | undefined): 'begun' | 'answered' | 'open' {
  if (owed === undefined) return 'open';
  const { open, closes } = owed;
  if (open.some((response) => response.headersSent && !response.writableEnded)) return 'begun';
  if (open.some((response) => response.writableEnded && !response.writableFinished)) return 'answered';
  const last = open.at(-1);
  if (last === undefined) return closes ? 'answered' : 'open';
  return last.writableFinished && !(last.req.complete && last.shouldKeepAlive) ? 'answered' : 'open';
}

/** Where the next request begins is unknown, so the connection ends with this. */
function rendered(code: Problem['code'], always: Readonly<Record<string, string>>): string {
  const problem: Problem = { code };
  const body = JSON.stringify(problemDetails(problem));
  const { status, title } = problemRegistry[code];
  const headers = {
    ...always,
    ...problemHeaders(problem),
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`;
}
