/** A response read from the wire, with nothing tidied up. */
export interface RawResponse {
  statusLine: string;
  status: number;
  /** Names and values in turn, as they came. */
  rawHeaders: string[];
  /** The values of one header, however often it came. */
  header(name: string): string[];
  body: Buffer;
  /** Interim responses (1xx) that came before. */
  interim: { statusLine: string; rawHeaders: string[] }[];
  rawTrailers: string[];
  /** False when the connection ended inside the body. */
  complete: boolean;
}

/** A response and how many bytes it took; undefined when more must come. */
export type Parsed = { response: RawResponse; length: number } | undefined;

/**
 * Reads one response from the start of the bytes (RFC 9112 §6).
 *
 * @param isHead the request was HEAD: no body follows
 * @param hasEnded no more bytes will come, so what is there is all there is
 */
export function parseResponse(bytes: Buffer, isHead: boolean, hasEnded: boolean): Parsed {
  const interim: RawResponse['interim'] = [];
  let at = 0;
  for (;;) {
    const head = parseHead(bytes, at);
    if (!head) return undefined;
    const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(head.statusLine)?.[1] ?? 0);
    at = head.end;
    if (status >= 100 && status < 200 && status !== 101) {
      interim.push({ statusLine: head.statusLine, rawHeaders: head.rawHeaders });
      continue;
    }
    const header = (name: string) => valuesOf(head.rawHeaders, name);
    const hasBody = !isHead && status >= 200 && status !== 204 && status !== 304;
    const body = hasBody ? parseBody(bytes, at, header, hasEnded) : emptyBody(at);
    if (!body) return undefined;
    const { statusLine, rawHeaders } = head;
    const { content, rawTrailers, complete } = body;
    return {
      response: { statusLine, status, rawHeaders, header, body: content, interim, rawTrailers, complete },
      length: body.end,
    };
  }
}

function parseHead(bytes: Buffer, start: number) {
  const end = bytes.indexOf('\r\n\r\n', start);
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', start, end).split('\r\n');
  return { statusLine, rawHeaders: lines.flatMap(splitLine), end: end + 4 };
}

function splitLine(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function valuesOf(rawHeaders: string[], name: string): string[] {
  return rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name.toLowerCase(),
  );
}

interface ParsedBody {
  content: Buffer;
  end: number;
  complete: boolean;
  rawTrailers: string[];
}

function emptyBody(end: number): ParsedBody {
  return { content: Buffer.alloc(0), end, complete: true, rawTrailers: [] };
}

function parseBody(
  bytes: Buffer,
  start: number,
  header: (name: string) => string[],
  hasEnded: boolean,
): ParsedBody | undefined {
  if (header('transfer-encoding').join().toLowerCase().includes('chunked'))
    return parseChunks(bytes, start, hasEnded);
  const [length] = header('content-length');
  const end = length === undefined ? undefined : start + Number(length);
  if (end !== undefined && bytes.length >= end)
    return { ...emptyBody(end), content: bytes.subarray(start, end) };
  if (!hasEnded) return undefined;
  return { ...emptyBody(bytes.length), content: bytes.subarray(start), complete: end === undefined };
}

function parseChunks(bytes: Buffer, start: number, hasEnded: boolean): ParsedBody | undefined {
  const chunks: Buffer[] = [];
  const cut = () =>
    hasEnded ? { ...emptyBody(bytes.length), content: Buffer.concat(chunks), complete: false } : undefined;
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return cut();
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2;
    if (size > 0) {
      if (bytes.length < at + size + 2) return cut();
      chunks.push(bytes.subarray(at, at + size));
      at += size + 2;
      continue;
    }
    const isBare = bytes.toString('latin1', at, at + 2) === '\r\n';
    const end = isBare ? at : bytes.indexOf('\r\n\r\n', at);
    if (bytes.length < at + 2 || end < 0) return cut();
    const rawTrailers = isBare ? [] : bytes.toString('latin1', at, end).split('\r\n').flatMap(splitLine);
    return { content: Buffer.concat(chunks), end: isBare ? end + 2 : end + 4, complete: true, rawTrailers };
  }
}
