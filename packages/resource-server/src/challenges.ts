/** A scheme of the Authorization header that access tokens come in. */
export type Scheme = 'Bearer' | 'DPoP';

/** What stands in every challenge. */
export interface Offer {
  readonly realm: string;
  /** The schemes that are taken, at least one. */
  readonly schemes: readonly Scheme[];
  /** Signature algorithms of DPoP proofs. */
  readonly dpopAlgorithms: readonly string[];
}

/** Why a request was refused, in the words of RFC 6750 §3.1, RFC 9449 §7.1 and RFC 9470 §3. */
export interface ChallengeError {
  readonly error: string;
  /** The scheme that the request came with; another challenge carries the error where it is not taken. */
  readonly scheme: Scheme | undefined;
  /** Further parameters; none of the values may hold a quote or a backslash. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * The value of WWW-Authenticate: a challenge for each scheme that is taken (RFC 9449 §7.2), the error in that of the
 * scheme that was used. Without credentials there is no error to tell (RFC 6750 §3.1).
 */
export function challengesOf(offer: Offer, failure?: ChallengeError): string {
  const { realm, schemes, dpopAlgorithms } = offer;
  const blamed = schemes.find((scheme) => scheme === failure?.scheme) ?? schemes[0];
  return schemes
    .map((scheme) => {
      const parameters = {
        realm,
        ...(failure && scheme === blamed && { error: failure.error, ...failure.parameters }),
        ...(scheme === 'DPoP' && { algs: dpopAlgorithms.join(' ') }),
      };
      const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
      return `${scheme} ${list.join(', ')}`;
    })
    .join(', ');
}
