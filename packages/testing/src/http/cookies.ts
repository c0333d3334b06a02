/** One `Set-Cookie` line, read. */
export interface SetCookie {
  /** As it came. */
  line: string;
  name: string;
  value: string;
  path?: string;
  domain?: string;
  /** Seconds. */
  maxAge?: number;
  /** Unix time in milliseconds; NaN if it could not be read. */
  expires?: number;
  secure: boolean;
  httpOnly: boolean;
  partitioned: boolean;
  sameSite?: 'strict' | 'lax' | 'none';
}

/** Reads a `Set-Cookie` line (RFC 6265bis §5.6), without judging it. */
export function parseSetCookie(line: string): SetCookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const [name, value] = splitPair(pair);
  const cookie: SetCookie = { line, name, value, secure: false, httpOnly: false, partitioned: false };
  for (const attribute of attributes) {
    const [key, text] = splitPair(attribute);
    const lower = text.toLowerCase();
    switch (key.toLowerCase()) {
      case 'path':
        cookie.path = text;
        break;
      case 'domain':
        cookie.domain = text;
        break;
      case 'max-age':
        cookie.maxAge = Number(text);
        break;
      case 'expires':
        cookie.expires = Date.parse(text);
        break;
      case 'secure':
        cookie.secure = true;
        break;
      case 'httponly':
        cookie.httpOnly = true;
        break;
      case 'partitioned':
        cookie.partitioned = true;
        break;
      case 'samesite':
        if (lower === 'strict' || lower === 'lax' || lower === 'none') cookie.sameSite = lower;
        break;
    }
  }
  return cookie;
}

/** When the cookie dies, in Unix milliseconds; Max-Age comes before Expires. Infinity for a session cookie. */
export function expiryOf(cookie: SetCookie, now: number): number {
  if (cookie.maxAge !== undefined && !Number.isNaN(cookie.maxAge)) return now + cookie.maxAge * 1000;
  if (cookie.expires !== undefined && !Number.isNaN(cookie.expires)) return cookie.expires;
  return Infinity;
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}
