/** As it stands in `Location`, where everything is ASCII. */
const longest = 1_024;

/**
 * Reads a return address: a path on our own origin, query and fragment kept (RFC 9700 §4.11.1).
 *
 * @param value what the browser sent
 * @param origin our own origin
 * @param basePath our own routes, to which nobody returns
 * @returns the path as it may stand in `Location`, or undefined for anything else
 */
export function readReturnTo(value: string, origin: string, basePath: string): string | undefined {
  if (value.length > longest || !/^\/(?![/\\])/.test(value)) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of these before they resolve a URL
  if (/[\x00-\x20\x7f\\]/.test(value)) return undefined;
  const url = URL.parse(value, origin);
  if (!url || url.origin !== origin) return undefined;
  const found = `${url.pathname}${url.search}${url.hash}`;
  const isSafe = found.length <= longest && !leadsAway(url.pathname) && !leadsTo(basePath, url.pathname);
  return isSafe ? found : undefined;
}

/** Slashes and backslashes at the front, encoded too: a later hop that decodes them would see another host. */
function leadsAway(path: string): boolean {
  return /^\/([/\\]|%2f|%5c|%09|%0a|%0d|%00)/i.test(path) || /%0[0ad]/i.test(path);
}

function leadsTo(basePath: string, path: string): boolean {
  const plain = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return plain === basePath || plain.startsWith(`${basePath}/`);
}

/** The return address with a parameter added, before its fragment. */
export function withParameter(returnTo: string, name: string, value: string): string {
  const url = new URL(returnTo, 'http://localhost');
  url.searchParams.set(name, value);
  return `${url.pathname}${url.search}${url.hash}`;
}
