import type { ProviderSettings } from '../options/provider/provider.ts';
import { tokenProof } from '../provider/proof.ts';
import type { AccessToken } from '../session/record.ts';

/** Path and query as an upstream is to get them; without a token where none goes along. */
export type ProvenPath = (path: string, token: AccessToken | undefined) => string;

/** What a browser could send in the place of our proof, in any spelling. */
const encodedName = /%[0-9a-f]{2}/gi;

/**
 * For APIs that want a proof, made with the client's secret, that a call comes from the client: puts it into the query.
 * What the browser sent under its name goes nowhere.
 *
 * @returns null where the provider wants none
 */
export function provenPathFor(provider: ProviderSettings | undefined): ProvenPath | null {
  const parameter = provider?.profile.proofParameter ?? null;
  const secret = provider?.clientSecret ?? null;
  if (parameter === null || secret === null) return null;
  return (path, token) => {
    const at = path.indexOf('?');
    const query = at < 0 ? [] : path.slice(at + 1).split('&');
    const kept = query.filter((part) => part !== '' && !isNamed(part, parameter));
    if (token) kept.push(`${parameter}=${tokenProof(token.value, secret)}`);
    const before = at < 0 ? path : path.slice(0, at);
    return kept.length === 0 ? before : `${before}?${kept.join('&')}`;
  };
}

/** Some servers read `name[]`, `name.x` or ` name` as `name`. */
function isNamed(part: string, parameter: string): boolean {
  const name = (part.split('=', 1)[0] ?? '')
    .replace(encodedName, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
    .replaceAll('+', ' ')
    .trim()
    .toLowerCase();
  return name === parameter || /^[[. ]/.test(name.startsWith(parameter) ? name.slice(parameter.length) : '');
}
