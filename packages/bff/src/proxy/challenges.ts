/** One challenge of a `WWW-Authenticate` field (RFC 9110 §11.3). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Lower-case names; empty for a challenge with a token68. */
  readonly params: ReadonlyMap<string, string>;
  /** As it stood in the field. */
  readonly text: string;
}

/** The schemes of access tokens (RFC 6750 §3, RFC 9449 §7.1): no browser opens a password dialog for them. */
const tokenSchemes: ReadonlySet<string> = new Set(['bearer', 'dpop']);

const startsChallenge = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:[ \t]+([^ \t].*))?$/;
const authParam = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^ \t",=]*))$/;

/**
 * Reads a `WWW-Authenticate` value (RFC 9110 §11.6.1), which may hold several challenges.
 *
 * @returns null if it cannot be read
 */
export function parseChallenges(value: string): Challenge[] | null {
  const found: { scheme: string; params: Map<string, string>; parts: string[] }[] = [];
  const elements = splitList(value);
  if (elements === null) return null;
  for (const element of elements) {
    let param = element;
    if (!authParam.test(element)) {
      const start = startsChallenge.exec(element);
      if (start === null) return null;
      found.push({ scheme: (start[1] ?? '').toLowerCase(), params: new Map(), parts: [] });
      param = start[2] ?? '';
    }
    const challenge = found.at(-1);
    if (challenge === undefined) return null;
    challenge.parts.push(element);
    const read = authParam.exec(param);
    if (read !== null) {
      const quoted = read[2]?.replace(/\\(.)/g, '$1');
      challenge.params.set((read[1] ?? '').toLowerCase(), quoted ?? read[3] ?? '');
    }
  }
  return found.map(({ scheme, params, parts }) => ({ scheme, params, text: parts.join(', ') }));
}

/**
 * The challenges of a `WWW-Authenticate` value that are about access tokens. Any other could make the browser ask
 * the person for a password on the application's origin.
 *
 * @returns null if none is left
 */
export function tokenChallenges(value: string): string | null {
  const kept = (parseChallenges(value) ?? []).filter(({ scheme }) => tokenSchemes.has(scheme));
  return kept.length === 0 ? null : kept.map(({ text }) => text).join(', ');
}

/**
 * Whether an upstream says that the access token itself was refused (RFC 6750 §3.1, RFC 9449 §7.1).
 *
 * @param rawHeaders of its 401 answer, names and values in turn
 */
export function refusesToken(rawHeaders: readonly string[]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'www-authenticate') continue;
    const challenges = parseChallenges(rawHeaders[i + 1] ?? '') ?? [];
    const refusal = challenges.some(
      ({ scheme, params }) => tokenSchemes.has(scheme) && params.get('error') === 'invalid_token',
    );
    if (refusal) return true;
  }
  return false;
}

/**
 * Whether an upstream wants a proof with the nonce that it sends along (RFC 9449 §9).
 *
 * @param rawHeaders of its 401 answer, names and values in turn
 */
export function asksForNonce(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some((value, at) => {
    if (at % 2 === 0 || rawHeaders[at - 1]?.toLowerCase() !== 'www-authenticate') return false;
    const challenges = parseChallenges(value) ?? [];
    return challenges.some(
      ({ scheme, params }) => scheme === 'dpop' && params.get('error') === 'use_dpop_nonce',
    );
  });
}

/** Splits at the commas outside quoted strings; null if a quote stays open. */
function splitList(value: string): string[] | null {
  const elements: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i <= value.length; i++) {
    const char = value[i];
    if (quoted && char === '\\') i++;
    else if (char === '"') quoted = !quoted;
    else if (char === undefined || (char === ',' && !quoted)) {
      const element = value.slice(from, i).trim();
      if (element !== '') elements.push(element);
      from = i + 1;
    }
  }
  return quoted ? null : elements;
}
