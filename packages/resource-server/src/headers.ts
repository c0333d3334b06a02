/**
 * Every value of a header, in order.
 *
 * @param rawHeaders names and values in turn, as Node received them: of two headers of one name, Node's `headers`
 *   keeps or joins what suits it, and a proxy in front may have checked the other one
 * @param name in lower case
 */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
