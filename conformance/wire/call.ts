import { type Jar, openConnection, type RawConnection, type RawResponse } from '@coatcheck/testing';
import type { Rig } from '../rig.ts';

/** The lines of a call that a page of ours makes with its cookies; nothing in it is wrong. */
export function callLines(rig: Rig, jar: Jar, requestLine = 'GET /api/notes HTTP/1.1'): string[] {
  const cookies = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`);
  return [
    requestLine,
    `Host: ${new URL(rig.bff.url).host}`,
    'Sec-Fetch-Site: same-origin',
    ...(cookies.length > 0 ? [`Cookie: ${cookies.join('; ')}`] : []),
  ];
}

/** The same as bytes, with lines added that may be anything. */
export function callBytes(rig: Rig, jar: Jar, requestLine: string, more = ''): string {
  return `${callLines(rig, jar, requestLine).join('\r\n')}\r\n${more}\r\n`;
}

/** A socket to the first instance. */
export function openWire(rig: Rig): Promise<RawConnection> {
  return openConnection({ host: 'localhost', port: rig.bff.ports[0] ?? 0 });
}

/** An answer, and what became of its connection. */
export interface WireAnswer extends RawResponse {
  /** The server said that it closes the connection, and did. */
  readonly closed: boolean;
  /** What came after the answer. */
  readonly rest: Buffer;
}

/** Sends lines, each ended properly, and reads the answer. */
export async function sendLines(rig: Rig, lines: readonly string[], body = ''): Promise<WireAnswer> {
  const answer = await sendBytes(rig, `${lines.join('\r\n')}\r\n\r\n${body}`);
  if (answer === null) throw new Error(`no answer to ${lines.join(' | ')}`);
  return answer;
}

/** Sends bytes as they are, text as Latin-1, and reads the answer; null where the connection ends without one. */
export async function sendBytes(rig: Rig, bytes: string): Promise<WireAnswer | null> {
  const wire = await openWire(rig);
  try {
    await wire.write(bytes);
    const answer = await wire.read({ isHead: bytes.startsWith('HEAD ') });
    const willClose = answer.header('connection').join().toLowerCase().includes('close');
    const closed = willClose && (await wire.closesWithin(1_000));
    return { ...answer, closed, rest: wire.unread };
  } catch (error) {
    if (error instanceof Error && /ended without a response/.test(error.message)) return null;
    throw error;
  } finally {
    wire.destroy();
  }
}
