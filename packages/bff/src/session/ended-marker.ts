/** How long a provider's sign-out is remembered, so that a callback under way does not bring the session back. Milliseconds. */
export const markerLife = 10 * 60_000;

/** The name under which the end of a provider's session is remembered. */
export function endedMarker(issuer: string, sid: string): string {
  return `ended:${JSON.stringify([issuer, sid])}`;
}

/** The name under which it is remembered that whoever holds a session opened shall revoke its tokens. */
export function revocationMarker(idHash: string): string {
  return `revoke:${idHash}`;
}

/** The name under which it is remembered that a session's grants live on under another id. */
export function carriedMarker(idHash: string): string {
  return `carried:${idHash}`;
}

/** The name under which it is remembered that the account of a session's grant signed in anew: a new grant has come. */
export function renewedMarker(idHash: string, provider: string): string {
  return `renewed:${idHash}:${provider}`;
}
