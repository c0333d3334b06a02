import { type Encoding, encodingsOf } from './encodings.ts';
import { isJwtHeader, piecesOf, type Secret, type SecretPart } from './secrets.ts';

/** A credential, or what looks like one, in some text. */
export interface Hit {
  kind: string;
  part: SecretPart;
  encoding: Encoding;
  /** What stands there, with all that could be a credential cut to its first characters. */
  snippet: string;
}

/** Kind of a JWT that nobody listed. */
export const unknownJwt = 'unknown JWT';

interface Needle extends Omit<Hit, 'snippet'> {
  bytes: Buffer;
}

/** Prepares a search for secrets in all their encodings, and for anything that looks like a JWT. */
export function createSearch(secrets: Iterable<Secret>): (data: Buffer) => Hit[] {
  const needles = new Map<number, Needle[]>();
  const starts = new Uint8Array(0x10000);
  for (const { secret, part, text } of piecesOf(secrets)) {
    for (const { encoding, text: encoded } of encodingsOf(text)) {
      const bytes = Buffer.from(encoded);
      const start = bytes.readUInt32BE(0);
      starts[fold(start)] = 1;
      const others = needles.get(start) ?? [];
      others.push({ kind: secret.kind, part, encoding, bytes });
      needles.set(start, others);
    }
  }

  return (data) => {
    const hits = new Map<string, Hit>();
    const knownJwts: number[] = [];
    const note = (hit: Omit<Hit, 'snippet'>, at: number) => {
      const key = `${hit.kind} ${hit.part} ${hit.encoding}`;
      if (!hits.has(key)) hits.set(key, { ...hit, snippet: snippetAt(data, at) });
    };
    let window = 0;
    for (let end = 0; end < data.length; end += 1) {
      window = ((window << 8) | (data[end] ?? 0)) >>> 0;
      if (end < 3 || starts[fold(window)] === 0) continue;
      const at = end - 3;
      for (const { bytes, ...needle } of needles.get(window) ?? []) {
        if (data.length - at < bytes.length || bytes.compare(data, at, at + bytes.length) !== 0) continue;
        note(needle, at);
        if (needle.encoding === 'plain' && needle.part !== 'JWT header') knownJwts.push(at);
      }
    }
    for (const { start, end } of findJwts(data)) {
      if (knownJwts.some((at) => at >= start && at < end)) continue;
      note({ kind: unknownJwt, part: 'whole', encoding: 'plain' }, start);
    }
    return [...hits.values()];
  };
}

function fold(start: number): number {
  return (start ^ (start >>> 16)) & 0xffff;
}

/** Three base64url parts, the first of which is a JSON object with `alg`. `{` is `e` and one of `w` to `z` there. */
function findJwts(data: Buffer): { start: number; end: number }[] {
  const matches = data.toString('latin1').matchAll(/(?<![\w-])(e[w-z][\w-]{8,})\.[\w-]{2,}\.[\w-]*/g);
  return [...matches]
    .filter(([, header = '']) => isJwtHeader(header))
    .map(({ index, 0: text }) => ({ start: index, end: index + text.length }));
}

function snippetAt(data: Buffer, at: number): string {
  const context = data.toString('utf8', Math.max(0, at - 30), at + 60);
  return mask(context).slice(0, 100);
}

/** Cuts every long run of characters that tokens are made of. */
export function mask(text: string): string {
  const readable = [...text].map((character) => (character < ' ' ? ' ' : character)).join('');
  return readable.replace(/[\w.~+/=%-]{16,}/g, (run) => `${run.slice(0, 6)}…`);
}
