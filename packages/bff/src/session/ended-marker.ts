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

/** The name under which it is remembered that a session's tokens live on, or their grant does, under another id. */
export function carriedMarker(idHash: string): string {
  return `carried:${idHash}`;
}
