import type { CustomFetch } from 'openid-client';
import { isLoopback } from '../options/loopback.ts';
import { ProviderFetchError } from './failure.ts';
import { startLimit } from './limit.ts';

/** The largest answer read from a provider, after decompression. Bytes. */
const largestAnswer = 1_048_576;

/** Errors of the socket that happen before anything was sent. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * The fetch through which openid-client talks to a provider: https (or loopback) only, no redirect followed, the
 * answer bounded in size and time, and an `error` member decides whatever the status says. The limit on time takes the
 * place of openid-client's.
 *
 * @param allowHttp accept http beyond loopback: the insecure option
 * @param timeout for the whole answer, in milliseconds
 */
export function providerFetch(
  allowHttp: boolean,
  fetch: typeof globalThis.fetch,
  timeout: number,
): CustomFetch {
  return async (url, options) => {
    const target = new URL(url);
    if (target.protocol !== 'https:' && !allowHttp && !isLoopback(target)) {
      throw new ProviderFetchError({
        kind: 'misconfigured',
        detail: `the metadata names an endpoint without https: ${target.origin}`,
      });
    }
    const limit = startLimit(timeout);
    const { response, body } = await answerOf(fetch, target, { ...options, signal: limit.signal }).finally(
      limit.stop,
    );
    const headers = new Headers(response.headers);
    headers.delete('content-encoding');
    headers.delete('content-length');
    const status = response.status === 200 && saysError(body, headers) ? 400 : response.status;
    return new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
  };
}

async function answerOf(
  fetch: typeof globalThis.fetch,
  target: URL,
  options: Parameters<CustomFetch>[1],
): Promise<{ response: Response; body: Uint8Array<ArrayBuffer> }> {
  const response = await send(fetch, target, options);
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new ProviderFetchError({
      kind: 'invalid_response',
      detail: `${target.pathname} answered with a redirect (${response.status})`,
    });
  }
  return { response, body: await readBounded(response, target) };
}

async function send(
  fetch: typeof globalThis.fetch,
  target: URL,
  options: Parameters<CustomFetch>[1],
): Promise<Response> {
  try {
    return await fetch(target, options as RequestInit);
  } catch (error) {
    throw unavailable(error, target);
  }
}

async function readBounded(response: Response, target: URL): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of response.body ?? []) {
      length += part.byteLength;
      if (length > largestAnswer) break;
      parts.push(part);
    }
  } catch (error) {
    throw unavailable(error, target);
  }
  if (length > largestAnswer) {
    throw new ProviderFetchError({
      kind: 'invalid_response',
      detail: `${target.pathname} answered with more than ${largestAnswer} bytes`,
    });
  }
  return Buffer.concat(parts);
}

function unavailable(error: unknown, target: URL): ProviderFetchError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : cause instanceof Error
        ? cause.name
        : 'unknown';
  return new ProviderFetchError(
    {
      kind: 'unavailable',
      answerLost: !neverSent.has(code),
      detail: `${target.origin}${target.pathname}: ${code}`,
    },
    { cause: error },
  );
}

function saysError(body: Uint8Array, headers: Headers): boolean {
  if (!(headers.get('content-type') ?? '').includes('json') || body.length > 65_536) return false;
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string';
  } catch {
    return false;
  }
}
