import type { IncomingMessage } from 'node:http';

/** The fields of a posted form, or why there are none. */
export type ReadForm =
  | { readonly kind: 'form'; readonly fields: URLSearchParams }
  | { readonly kind: 'wrong-type' }
  | { readonly kind: 'too-large' };

const mostBytes = 8 * 1024;

/** Reads an `application/x-www-form-urlencoded` body of at most 8 KiB. */
export async function readForm(request: IncomingMessage): Promise<ReadForm> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return { kind: 'wrong-type' };

  const chunks: Buffer[] = [];
  let bytes = 0;
  // Kept open: whoever sends too much is told so.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > mostBytes) return { kind: 'too-large' };
    chunks.push(chunk);
  }
  return { kind: 'form', fields: new URLSearchParams(Buffer.concat(chunks).toString('utf8')) };
}
