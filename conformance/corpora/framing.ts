/** A request whose end two servers could see in two places: lines of its head, and what follows the head. */
export interface Ambiguous {
  readonly what: string;
  /** Each line with its own ending. */
  readonly head: string;
  readonly body: string;
}

const chunks = '3\r\nabc\r\n0\r\n\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n';

/** Requests that must be refused as they arrive, before anything of them is forwarded (RFC 9112 §2.2, §5, §6). */
export const refusedAtOnce: readonly Ambiguous[] = [
  ...(
    [
      ['a length and chunks', `Content-Length: 3\r\n${chunked}`],
      ['chunks and a length', `${chunked}Content-Length: 3\r\n`],
      ['a length of nothing and chunks', `Content-Length: 0\r\n${chunked}`],
      ['two lengths that differ', 'Content-Length: 3\r\nContent-Length: 30\r\n'],
      ['two lengths that agree', 'Content-Length: 3\r\nContent-Length: 3\r\n'],
      ['two lengths in different capitals', 'Content-Length: 3\r\ncontent-length: 30\r\n'],
      ['a list of lengths', 'Content-Length: 3, 3\r\n'],
      ['a signed length', 'Content-Length: +3\r\n'],
      ['a negative length', 'Content-Length: -3\r\n'],
      ['a length in hex', 'Content-Length: 0x3\r\n'],
      ['a length with an exponent', 'Content-Length: 3e0\r\n'],
      ['a length with a space in it', 'Content-Length: 3 0\r\n'],
      ['no length after the colon', 'Content-Length:\r\n'],
      ['a length past 2^64', 'Content-Length: 18446744073709551619\r\n'],
      ['a length after a vertical tab', 'Content-Length: \x0b3\r\n'],
      ['a length before a space and a colon', 'Content-Length : 3\r\n'],
      ['a length before a tab and a colon', 'Content-Length\t: 3\r\n'],
      ['a length whose name starts with a space', ' Content-Length: 3\r\n'],
      ['a folded length', 'Content-Length:\r\n 3\r\n'],
      ['a fold after a field', 'X-Note: a\r\n b\r\nContent-Length: 3\r\n'],
      ['a fold with a tab', 'X-Note: a\r\n\tb\r\nContent-Length: 3\r\n'],
      ['a fold as the first line', ' X-Note: a\r\nContent-Length: 3\r\n'],
      ['a line that ends with a bare LF', 'X-Note: a\nContent-Length: 3\r\n'],
      ['a line that ends with a bare CR', 'X-Note: a\rContent-Length: 3\r\n'],
      ['a line that ends with CR CR LF', 'X-Note: a\r\r\nContent-Length: 3\r\n'],
      ['a head that ends with bare LFs', 'Content-Length: 3\n\n'],
      ['NUL in a value', 'X-Note: a\0b\r\nContent-Length: 3\r\n'],
      ['a control in a value', 'X-Note: a\x01b\r\nContent-Length: 3\r\n'],
      ['DEL in a value', 'X-Note: a\x7fb\r\nContent-Length: 3\r\n'],
      ['NUL in a name', 'X-No\0te: a\r\nContent-Length: 3\r\n'],
      ['a byte past ASCII in a name', 'X-N\xf6te: a\r\nContent-Length: 3\r\n'],
      ['a name with brackets', 'X[note]: a\r\nContent-Length: 3\r\n'],
      ['a line without a colon', 'X-Note\r\nContent-Length: 3\r\n'],
      ['a line without a name', ': a\r\nContent-Length: 3\r\n'],
    ] as const
  ).map(([what, head]) => ({ what, head, body: 'abc' })),
  ...(
    [
      ['a coding that is not chunked', 'Transfer-Encoding: xchunked\r\n'],
      ['a coding that ends in chunked', 'Transfer-Encoding: x, chunked\r\n'],
      ['a coding after chunked', 'Transfer-Encoding: chunked, gzip\r\n'],
      ['gzip, then chunked', 'Transfer-Encoding: gzip, chunked\r\n'],
      ['identity, then chunked', 'Transfer-Encoding: identity, chunked\r\n'],
      ['identity', 'Transfer-Encoding: identity\r\n'],
      ['chunked twice in a list', 'Transfer-Encoding: chunked, chunked\r\n'],
      ['chunked in two fields', `${chunked}${chunked}`],
      ['chunked and identity in two fields', `${chunked}Transfer-Encoding: identity\r\n`],
      ['two fields in different capitals', `${chunked}transfer-encoding: x\r\n`],
      ['chunked with a parameter', 'Transfer-Encoding: chunked;q=1\r\n'],
      ['chunked in quotes', 'Transfer-Encoding: "chunked"\r\n'],
      ['a comma before chunked', 'Transfer-Encoding: ,chunked\r\n'],
      ['chunked after a vertical tab', 'Transfer-Encoding: \x0bchunked\r\n'],
      ['no coding after the colon', 'Transfer-Encoding:\r\n'],
      ['chunked before a space and a colon', 'Transfer-Encoding : chunked\r\n'],
      ['a folded coding', 'Transfer-Encoding:\r\n chunked\r\n'],
      ['a coding behind a bare LF', `X-Note: a\n${chunked}`],
    ] as const
  ).map(([what, head]) => ({ what, head, body: chunks })),
];

/** Requests with a proper head whose chunks are not (RFC 9112 §7.1): forwarding may have begun when it shows. */
export const brokenChunks: readonly Ambiguous[] = (
  [
    ['a size that is no number', 'g\r\nabc\r\n0\r\n\r\n'],
    ['a signed size', '+3\r\nabc\r\n0\r\n\r\n'],
    ['a negative size', '-3\r\nabc\r\n0\r\n\r\n'],
    ['a size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
    ['a size past 2^64', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
    ['a size after a space', ' 3\r\nabc\r\n0\r\n\r\n'],
    ['no size', '\r\nabc\r\n0\r\n\r\n'],
    ['a size that ends with a bare LF', '3\nabc\r\n0\r\n\r\n'],
    ['an extension that ends with a bare LF', '3;x\nabc\r\n0\r\n\r\n'],
    ['an extension with a bare CR', '3;x\rabc\r\n0\r\n\r\n'],
    ['a chunk that ends with a bare LF', '3\r\nabc\n0\r\n\r\n'],
    ['a chunk longer than its size', '3\r\nabcde\r\n0\r\n\r\n'],
    ['a second chunk without a size', '3\r\nabc\r\nz\r\n0\r\n\r\n'],
    ['trailers with a bare LF', '3\r\nabc\r\n0\r\nX-Note: a\nX-Other: b\r\n\r\n'],
  ] as const
).map(([what, body]) => ({ what, head: chunked, body }));
