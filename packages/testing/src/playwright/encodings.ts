/** How a credential was written where it was found. */
export type Encoding =
  | 'plain'
  | 'url-encoded'
  | 'JSON-escaped'
  | 'HTML-escaped'
  | 'base64'
  | 'base64url'
  | 'hex';

export interface EncodedText {
  encoding: Encoding;
  text: string;
}

const windowLength = 40;

/**
 * A text in every form in which it may hide. Long texts are looked for by three windows (start, middle, end): a heap
 * snapshot cuts strings, and a part of a credential is too much already.
 */
export function encodingsOf(text: string): EncodedText[] {
  const found = windowsOf(text).flatMap((window): EncodedText[] => [
    { encoding: 'plain', text: window },
    ...urlEncodings(window).map((encoded): EncodedText => ({ encoding: 'url-encoded', text: encoded })),
    { encoding: 'JSON-escaped', text: JSON.stringify(window).slice(1, -1) },
    { encoding: 'HTML-escaped', text: escapeHtml(window) },
    ...base64Alignments(window).flatMap((encoded): EncodedText[] => [
      { encoding: 'base64', text: encoded },
      { encoding: 'base64url', text: encoded.replaceAll('+', '-').replaceAll('/', '_') },
    ]),
    { encoding: 'hex', text: Buffer.from(window).toString('hex') },
    { encoding: 'hex', text: Buffer.from(window).toString('hex').toUpperCase() },
  ]);
  const seen = new Set<string>();
  return found.filter(({ text: one }) => !seen.has(one) && seen.add(one));
}

function windowsOf(text: string): string[] {
  if (text.length <= windowLength) return [text];
  const middle = Math.floor((text.length - windowLength) / 2);
  return [0, middle, text.length - windowLength].map((start) => text.slice(start, start + windowLength));
}

/** Once and twice encoded, with the hex digits in either case, and as a form writes blanks. */
function urlEncodings(text: string): string[] {
  const once = encodeURIComponent(text);
  const lower = once.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase());
  return [once, lower, encodeURIComponent(once), new URLSearchParams({ '': text }).toString().slice(1)];
}

/**
 * Base64 shifts with the number of bytes before the text: three alignments, each without the characters at the
 * edges that also depend on the neighbours.
 */
function base64Alignments(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(start, end);
  });
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
