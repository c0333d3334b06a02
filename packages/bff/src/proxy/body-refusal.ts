import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { ProviderSettings } from '../options/provider/provider.ts';

/** For an API that says in the content of an answer that the access token is no good, in its own way. */
export interface BodyRefusal {
  /** Whether an answer is read whole before it is relayed. */
  mayBe(status: number): boolean;
  /** @param rawHeaders names and values in turn */
  is(status: number, rawHeaders: readonly string[], body: Buffer): boolean;
}

/** What is read of such an answer; a longer one is relayed. Bytes. */
export const longestRefusal = 16_384;
const decoding = { maxOutputLength: 4 * longestRefusal };

const decoders: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  '': (body) => body,
  identity: (body) => body,
  gzip: (body) => gunzipSync(body, decoding),
  deflate: (body) => inflateSync(body, decoding),
  br: (body) => brotliDecompressSync(body, decoding),
};

/** @returns undefined where the provider's API keeps to RFC 6750 */
export function bodyRefusalOf(provider: ProviderSettings | undefined): BodyRefusal | undefined {
  const refusesToken = provider?.profile.refusesToken ?? null;
  if (refusesToken === null) return undefined;
  return {
    mayBe: (status) => status === 400 || status === 401 || status === 403,
    is: (status, rawHeaders, body) => refusesToken(status, jsonOf(rawHeaders, body)),
  };
}

function jsonOf(rawHeaders: readonly string[], body: Buffer): unknown {
  const at = rawHeaders.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'content-encoding',
  );
  try {
    const decode = decoders[at < 0 ? '' : (rawHeaders[at + 1] ?? '').trim().toLowerCase()];
    return decode && JSON.parse(decode(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
