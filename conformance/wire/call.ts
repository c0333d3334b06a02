import { type Jar, openConnection, type RawAnswer, type RawConnection, rawRequest } from '@coatcheck/testing';
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

/** Sends lines, each ended properly, and reads the answer. */
export function sendLines(rig: Rig, lines: string[], body?: string | Uint8Array): Promise<RawAnswer> {
  const to = { host: 'localhost', port: rig.bff.ports[0] ?? 0 };
  return rawRequest({ ...to, lines, ...(body === undefined ? {} : { body }) });
}

/** Sends bytes as they are and reads the answer; null where the connection ends without one. */
export function sendBytes(rig: Rig, bytes: string | Uint8Array): Promise<RawAnswer | null> {
  const to = { host: 'localhost', port: rig.bff.ports[0] ?? 0 };
  return rawRequest({ ...to, bytes }).catch((error: unknown) => {
    if (error instanceof Error && /ended without a response/.test(error.message)) return null;
    throw error;
  });
}
