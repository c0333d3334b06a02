import { readFile } from 'node:fs/promises';

/** A credential that must not be in the browser. `as.canaries()` gives these. */
export interface Secret {
  /** For example `access_token`, `code`, `client_secret`. */
  kind: string;
  value: string;
  /** Text inside the value's claims that is found even if they are shown decoded. */
  marker?: string;
}

/** Which part of a credential was found. */
export type SecretPart =
  | 'whole'
  | 'JWT header'
  | 'JWT claims'
  | 'JWT signature'
  | 'JWE part'
  | 'claims marker';

/** A text to search for. */
export interface Piece {
  secret: Secret;
  part: SecretPart;
  text: string;
}

/** Less than this many characters would be found by chance. */
const shortestValue = 12;
const shortestPart = 16;

/**
 * What to search for: an opaque value as it is, a JWT part by part, since a rope in memory or an eager splitter may
 * hold the parts alone.
 *
 * @throws when there is nothing to search for, or a value is too short to mean anything
 */
export function piecesOf(secrets: Iterable<Secret>): Piece[] {
  const byValue = new Map([...secrets].map((secret) => [secret.value, secret]));
  if (byValue.size === 0) {
    throw new Error('No secret to search for: a search for nothing proves nothing. Issue credentials first.');
  }
  return [...byValue.values()].flatMap((secret) => {
    if (secret.value.length < shortestValue) {
      throw new Error(
        `A secret of kind ${secret.kind} has only ${secret.value.length} characters: too short to search for.`,
      );
    }
    const pieces = partsOf(secret);
    if (secret.marker !== undefined && !secret.value.includes(secret.marker)) {
      pieces.push({ secret, part: 'claims marker', text: secret.marker });
    }
    return pieces;
  });
}

function partsOf(secret: Secret): Piece[] {
  const texts = secret.value.split('.');
  if (!isJwtHeader(texts[0] ?? '') || texts.length < 3)
    return [{ secret, part: 'whole', text: secret.value }];
  const names: SecretPart[] = texts.length === 3 ? ['JWT header', 'JWT claims', 'JWT signature'] : [];
  return texts
    .map((text, at): Piece => ({ secret, part: names[at] ?? 'JWE part', text }))
    .filter(({ text }) => text.length >= shortestPart);
}

/** Whether a text is base64url of a JSON object with `alg`. */
export function isJwtHeader(text: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}

/** Reads secrets from a file: one a line, either a bare value or JSON `{"kind", "value", "marker"}`. */
export async function readSecrets(path: string): Promise<Secret[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  return lines.filter(Boolean).map((line, at) => {
    if (!line.startsWith('{')) return { kind: 'secret', value: line };
    const entry: unknown = JSON.parse(line);
    if (
      typeof entry !== 'object' ||
      entry === null ||
      !('value' in entry) ||
      typeof entry.value !== 'string'
    ) {
      throw new Error(`Line ${at + 1} of ${path} has no "value".`);
    }
    const kind = 'kind' in entry && typeof entry.kind === 'string' ? entry.kind : 'secret';
    const marker = 'marker' in entry && typeof entry.marker === 'string' ? { marker: entry.marker } : {};
    return { kind, value: entry.value, ...marker };
  });
}
