import { printable } from './printable.ts';

/** The most that is read of an answer. Bytes; a BFF reads no more either. */
const largestAnswer = 1_048_576;
/** For a whole answer. Milliseconds. */
const patience = 10_000;

/** What came of a request. */
export type Fetched =
  | { readonly kind: 'document'; readonly url: string; readonly value: unknown; readonly clock: Clock | null }
  /** An answer, but no JSON of bearable size. `reason` is printable. */
  | {
      readonly kind: 'unusable';
      readonly url: string;
      readonly status: number;
      readonly reason: string;
      readonly clock: Clock | null;
    }
  /** No answer. */
  | { readonly kind: 'unreachable'; readonly url: string; readonly reason: string };

/** The server's clock, by its `Date` header. Milliseconds since the epoch. */
export interface Clock {
  readonly theirs: number;
  /** Ours, half-way through the request. */
  readonly ours: number;
}

/** What the doctor asks the world for. */
export interface Surroundings {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Asks for a JSON document. No redirect is followed, as the BFF follows none. */
export async function fetchDocument(
  url: string,
  { fetch, now }: Surroundings,
  init: RequestInit = {},
): Promise<Fetched> {
  const started = now();
  let response: Response;
  const signal = AbortSignal.timeout(patience);
  try {
    const headers = { accept: 'application/json' };
    response = await fetch(url, { headers, ...init, redirect: 'manual', signal });
  } catch (error) {
    return { kind: 'unreachable', url, reason: reasonOf(error) };
  }
  const clock = clockOf(response.headers.get('date'), (started + now()) / 2);
  const unusable = (reason: string): Fetched => ({
    kind: 'unusable',
    url,
    status: response.status,
    reason,
    clock,
  });
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    const location = response.headers.get('location');
    return unusable(`redirects${location === null ? '' : ` to ${printable(location)}`} (${response.status})`);
  }
  let text: string | null;
  try {
    text = await readBounded(response);
  } catch (error) {
    return unusable(`broke off (${reasonOf(error)})`);
  }
  if (text === null) return unusable(`answers with more than ${largestAnswer} bytes`);
  try {
    const value: unknown = JSON.parse(text);
    return response.ok ? { kind: 'document', url, value, clock } : unusable(`answers ${response.status}`);
  } catch {
    return unusable(response.ok ? 'answers with something that is no JSON' : `answers ${response.status}`);
  }
}

async function readBounded(response: Response): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.byteLength;
    // Leaving the loop cancels the rest.
    if (length > largestAnswer) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function clockOf(date: string | null, ours: number): Clock | null {
  const theirs = date === null ? Number.NaN : Date.parse(date);
  // The header has whole seconds: on average half a second is cut off.
  return Number.isNaN(theirs) ? null : { theirs: theirs + 500, ours };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${patience / 1_000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
    return printable(cause.code);
  return cause instanceof Error ? printable(cause.message) : 'unknown';
}
