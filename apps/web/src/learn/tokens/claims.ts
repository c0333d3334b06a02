/** What a header parameter or claim says, in plain words. */
const meanings: Readonly<Record<string, string>> = {
  alg: 'The algorithm of the signature. Whoever verifies decides which ones are good, never the token.',
  kid: 'Which of the issuer’s published keys signed it.',
  typ: 'What kind of token it is: at+jwt is an access token (RFC 9068), so an ID token cannot pass for one.',
  iss: 'Who issued it. The verifier trusts exactly one address here.',
  sub: 'Whom it is about: a name that never changes and says nothing else.',
  aud: 'For whom it is meant. Anybody else must refuse it.',
  exp: 'Good until.',
  nbf: 'Not good before.',
  iat: 'Issued at.',
  jti: 'Its own name, to recognise it by.',
  azp: 'The app that asked for it.',
  client_id: 'The app that asked for it.',
  scope: 'What the person allowed the app to do.',
  roles: 'What the person is to the API; the API decides what a role may do.',
  nonce: 'Ties an ID token to the sign-in that asked for it.',
  auth_time: 'When the person last proved who they are.',
  acr: 'How strong that proof was.',
  amr: 'By what means: pwd is a password.',
  sid: 'The session at the provider; a sign-out there names it.',
  at_hash: 'Half a hash of the access token that came along.',
  cnf: 'Bound to a key: without the key the token is worth nothing.',
  name: 'The person’s name.',
  given_name: 'First name.',
  family_name: 'Last name.',
  email: 'E-mail address.',
  email_verified: 'Whether the provider checked that address.',
  preferred_username: 'What the person likes to be called.',
  picture: 'Where a picture is.',
  locale: 'The person’s language.',
  updated_at: 'When these details last changed.',
};

const times: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

export function meaningOf(name: string): string {
  return meanings[name] ?? 'Something that this issuer added.';
}

/** Seconds since the epoch as people write a time; null where a claim is no time. */
export function timeIn(name: string, value: unknown): Date | null {
  return times.has(name) && typeof value === 'number' ? new Date(value * 1_000) : null;
}

/** A value as it stands in the JSON, text without its quotes. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How far away a time is, in words. */
export function distance(date: Date, now: number): string {
  const seconds = Math.round((date.getTime() - now) / 1_000);
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  if (Math.abs(seconds) < 90) return words.format(seconds, 'second');
  if (Math.abs(seconds) < 5_400) return words.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 129_600) return words.format(Math.round(seconds / 3_600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}
