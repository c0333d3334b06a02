import { openConnection, type RawTarget } from './raw-connection.ts';
import type { RawResponse } from './response-parser.ts';

/** What to send: bytes as they are, or lines that are joined by CRLF and ended by an empty one. */
export type RawRequestOptions = RawTarget &
  ({ bytes: string | Uint8Array } | { lines: string[]; body?: string | Uint8Array });

export interface RawAnswer extends RawResponse {
  /** Whether the server closed the connection: at once, or after an error or `Connection: close` within a second. */
  closed: boolean;
  /** What came after the response: the answer to a pipelined request, for example. */
  rest: Buffer;
}

/**
 * Sends one request exactly as written and reads the answer. Nothing is added: no Host, no length.
 *
 * @example
 * const answer = await rawRequest({ port, lines: ['GET / HTTP/1.1', 'Host: a', 'Host: b'] });
 */
export async function rawRequest(options: RawRequestOptions): Promise<RawAnswer> {
  const bytes = 'bytes' in options ? toBytes(options.bytes) : joinLines(options.lines, options.body);
  const connection = await openConnection(options);
  try {
    await connection.write(bytes);
    const isHead = bytes.toString('latin1', 0, 5) === 'HEAD ';
    const response = await connection.read({ isHead });
    const willClose =
      response.status >= 400 || response.header('connection').join().toLowerCase().includes('close');
    const closed = await connection.closesWithin(willClose ? 1000 : 0);
    return { ...response, closed, rest: connection.unread };
  } finally {
    connection.destroy();
  }
}

function joinLines(lines: string[], body: string | Uint8Array = ''): Buffer {
  return Buffer.concat([toBytes(`${lines.join('\r\n')}\r\n\r\n`), toBytes(body)]);
}

/** Text as Latin-1, so that every byte can be written. */
function toBytes(data: string | Uint8Array): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data);
}
