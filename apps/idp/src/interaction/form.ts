import type { IncomingMessage } from 'node:http';
import { readBody } from '../web/read-body.ts';

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
  const text = await readBody(request, mostBytes);
  return text === undefined ? { kind: 'too-large' } : { kind: 'form', fields: new URLSearchParams(text) };
}
