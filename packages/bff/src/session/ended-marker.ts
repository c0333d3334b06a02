/** How long a provider's sign-out is remembered, so that a callback under way does not bring the session back. Milliseconds. */
export const markerLife = 10 * 60_000;

/** The name under which the end of a provider's session is remembered. */
export function endedMarker(issuer: string, sid: string): string {
  return `ended:${JSON.stringify([issuer, sid])}`;
}
