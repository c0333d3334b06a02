/**
 * Hostile spellings of a return address: what open redirects were made of (advisories 27, 28, 43, 44, 54, 55, 56, 62).
 * Each is the value after form decoding; `rawHostileReturnTo` has those that only an undecoded query can say.
 *
 * @param origin of the BFF, since some are spelt with it
 */
export function hostileReturnTo(origin: string): string[] {
  const { host, hostname, port, protocol } = new URL(origin);
  return [
    // another host, in every form that a URL parser knows
    'https://evil.test',
    'http://evil.test/',
    'HTTPS://evil.test',
    '//evil.test',
    '///evil.test',
    '////evil.test',
    '//evil.test/%2f..',
    '//evil.test/..;/css',
    '//evil%E3%80%82test',
    '//evil.test@localhost',
    `//${host}@evil.test`,
    `//evil.test:${port}`,
    '//0x7f000002/',
    '//[::ffff:127.0.0.2]/',
    'https:evil.test',
    'https:/evil.test',
    'https:///evil.test',
    'http:\\evil.test',
    `${protocol}evil.test`,
    ':evil.test',
    'evil.test',
    'evil.test/path',
    '.evil.test',
    '@evil.test',
    ':@evil.test',
    ':80',
    '?next=//evil.test',
    '#//evil.test',
    '',
    // backslashes, which browsers take for slashes
    '\\evil.test',
    '\\\\evil.test',
    '/\\evil.test',
    '/\\/evil.test',
    '/\\\\evil.test',
    '\\/evil.test',
    '\\/\\/evil.test',
    '/x\\..\\..\\\\evil.test',
    '/.\\evil.test',
    // white space and control characters, which browsers drop
    ' //evil.test',
    '\t//evil.test',
    '/\t/evil.test',
    '/\n/evil.test',
    '/\r/evil.test',
    '/\r\n/evil.test',
    '/\0/evil.test',
    '\0//evil.test',
    '\u0001//evil.test',
    '/\u000b/evil.test',
    '/\u000c/evil.test',
    '/ /evil.test',
    '/x\r\nLocation: https://evil.test',
    '/x\nSet-Cookie: a=b',
    '/x y',
    '/x\u007f',
    // dot segments that leave an empty segment in front
    '/.//evil.test',
    '/..//evil.test',
    '/x/..//evil.test',
    '/x/../..//evil.test',
    '/%2e//evil.test',
    '/%2e%2e//evil.test',
    '/x/%2e%2e//evil.test',
    '/x/%2E./\\evil.test',
    '/././/evil.test',
    '/;//evil.test',
    // encoded separators, for a later hop that decodes once more
    '%2f%2fevil.test',
    '/%2fevil.test',
    '/%2Fevil.test',
    '/%5cevil.test',
    '/%5Cevil.test',
    '/%09/evil.test',
    '/%0a/evil.test',
    '/%0d/evil.test',
    '/%00/evil.test',
    '/%0d%0aLocation:%20https://evil.test',
    '/%0d%0a%0d%0a<script>alert(1)</script>',
    '/x/../%2fevil.test',
    '/x/../%5cevil.test',
    '/./%2fevil.test',
    '/%2e/%5cevil.test',
    '/%252fevil.test',
    '/%25%32%66evil.test',
    '/%20//evil.test',
    // schemes that run or read
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'javascript://%0aalert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'blob:https://evil.test/x',
    'about:blank',
    'mailto:a@evil.test',
    'intent://evil.test#Intent;end',
    // our own origin as a beginning only
    `${origin}.evil.test/`,
    `${origin}@evil.test/`,
    `${origin}%40evil.test/`,
    `${origin}\\.evil.test/`,
    `${protocol}//evil.test#${origin}`,
    `${protocol}//evil.test/${hostname}`,
    `${protocol}//evil.test?${origin}/`,
    `${origin}/`,
    `${origin}//evil.test`,
    // lookalikes of the slash and dot
    '\uff0f\uff0fevil.test',
    '/\uff0fevil.test',
    '/\u2215/evil.test',
    '/\u2044evil.test',
    '//evil\u3002test',
    '\ufeff//evil.test',
    '/\u200b/evil.test',
    '/\u2028/evil.test',
    '\u00a0//evil.test',
    // user information and ports that are paths only as long as nobody joins them to a host
    '/x@evil.test',
    '/@evil.test',
    '/:@evil.test',
    '/x:80',
    // parameters for whoever builds a URL by joining text
    '/x&audience=https://evil.test',
    '/x&redirect_uri=https://evil.test',
    '/x%26scope%3Dadmin',
    '/x?next=https://evil.test&scope=admin',
    '/x#&scope=admin',
    // too long
    `/${'a'.repeat(8_191)}`,
    `/?${'a'.repeat(1_024)}`,
    // our own routes: a sign-in that ends where it began goes on for ever
    '/bff/login',
    '/bff/login?return_to=//evil.test',
    '/bff/logout/callback?state=x',
    '/x/../bff/login',
    '/%62ff/login',
    '/bff',
  ];
}

/** Queries whose value no decoded string stands for; each follows `return_to=` as it is. */
export const rawHostileReturnTo: readonly string[] = [
  '%2f%2fevil.test',
  '%252f%252fevil.test',
  '/%2fevil.test',
  '/%5cevil.test',
  '%5c%5cevil.test',
  '%09//evil.test',
  '/%09/evil.test',
  '/%0d%0aLocation:%20https://evil.test',
  '/%00',
  '/%',
  '/%E0%A4%A',
  '/%C0%AF/evil.test',
  '/%c0%ae%c0%ae/evil.test',
  '/%FF',
  '/%ED%A0%80',
  '%EF%BB%BF//evil.test',
  '+//evil.test',
  '/x&return_to=//evil.test',
  '/x&return_to=/y',
  '/x&return_to[]=//evil.test',
  '/x;return_to=//evil.test',
];

/** Return addresses that must survive to the last character, and what `Location` says of them. */
export const goodReturnTo: readonly { readonly value: string; readonly location: string }[] = [
  { value: '/', location: '/' },
  { value: '/orders?id=7#x', location: '/orders?id=7#x' },
  { value: '/a%2Fb?c=%26&d=a+b', location: '/a%2Fb?c=%26&d=a+b' },
  { value: '/search?q=https://example.test/?a=b', location: '/search?q=https://example.test/?a=b' },
  { value: '/#/hash/route?x=1', location: '/#/hash/route?x=1' },
  { value: '/caf\u00e9?q=\u00fc#\u00df', location: '/caf%C3%A9?q=%C3%BC#%C3%9F' },
  { value: '/a=b;c=d/~user', location: '/a=b;c=d/~user' },
];

/**
 * Whether an address keeps the browser on an origin, as it stands and for a hop on the way that decodes it once more.
 *
 * @param location as in a `Location` header
 */
export function staysAt(origin: string, location: string): boolean {
  return [location, decodeOnce(location)].every((spelling) => {
    const url = URL.parse(spelling, origin);
    return url?.origin === origin && !url.pathname.startsWith('//');
  });
}

/** Percent-decoding as a careless server does it: byte by byte, whatever comes out. */
export function decodeOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
