import { consentFor } from '../options/consents.ts';
import type { Settings } from '../options/settings.ts';
import type { Problem, Remedy } from '../problems/registry.ts';
import type { Session } from '../session/session.ts';
import { parseChallenges } from './challenges.ts';

interface RemedyParts {
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const printable = /^[\x20-\x7e]{1,512}$/;

/**
 * What a browser is told where an API refuses what only a sign-in can mend: a stronger or newer one (RFC 9470 §3), or
 * one with more consent (RFC 6750 §3.1) where a configured set has it. Never a redirect.
 *
 * @param route id of the provider that the route names
 * @returns undefined for every other answer, which is relayed as it is
 */
export function remedyFor(
  { settings, now }: RemedyParts,
  route: string,
  session: Session,
  status: number,
  rawHeaders: readonly string[],
): Problem | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const refusal = tokenRefusal(rawHeaders);
  // Where our word about the person gave the token, who signed them in is who signs them in again.
  const provider = session.record.grants[route] === undefined ? session.record.provider : route;
  if (status === 401 && refusal?.get('error') === 'insufficient_user_authentication')
    return stepUp(settings, provider, session, refusal, now());
  if (status === 403 && refusal?.get('error') === 'insufficient_scope') {
    const wanted = refusal.get('scope')?.split(' ').filter(Boolean) ?? [];
    const granted = session.record.grants[provider]?.scopes ?? [];
    const problem = missingScopes(
      settings,
      provider,
      wanted.filter((scope) => !granted.includes(scope)),
    );
    return problem.remedy?.consent === undefined ? undefined : problem;
  }
  return undefined;
}

/** What a call is told whose session lacks scopes. */
export function missingScopes(settings: Settings, provider: string, missing: readonly string[]): Problem {
  const options = settings.providers.find(({ id }) => id === provider);
  const consent = options && missing.length > 0 ? consentFor(options, missing) : undefined;
  return {
    code: 'insufficient_scope',
    remedy: {
      provider,
      scope: missing.join(' '),
      ...(consent === undefined ? {} : { consent, loginUrl: loginUrl(settings, { provider, consent }) }),
    },
  };
}

function stepUp(
  settings: Settings,
  provider: string,
  { record }: Session,
  challenge: ReadonlyMap<string, string>,
  now: number,
): Problem {
  const values = challenge.get('acr_values') ?? '';
  const age = challenge.get('max_age') ?? '';
  const acrValues = printable.test(values) ? values : undefined;
  // A challenge that says nothing asks for a new sign-in.
  const maxAge = /^\d{1,9}$/.test(age) ? Number(age) : acrValues === undefined ? 0 : undefined;
  const wanted: Remedy = {
    provider,
    ...(acrValues === undefined ? {} : { acr_values: acrValues }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
  };
  if (provider === record.provider && satisfies(record, acrValues, maxAge, now)) {
    // Another sign-in of the same kind would be refused again, and so on for ever.
    return { code: 'step_up_failed', privateDetail: 'the API asks for what the session already has' };
  }
  return { code: 'step_up_required', remedy: { ...wanted, loginUrl: loginUrl(settings, wanted) } };
}

/** Clocks differ, and a call takes its time: only a sign-in that is newer than asked by so much surely satisfies. Seconds. */
const margin = 10;

function satisfies(
  { acr, authTime }: Session['record'],
  acrValues: string | undefined,
  maxAge: number | undefined,
  now: number,
): boolean {
  const isStrong = acrValues === undefined || (acr !== null && acrValues.split(' ').includes(acr));
  const isRecent = maxAge === undefined || (authTime !== null && authTime + maxAge - margin > now / 1_000);
  return isStrong && isRecent;
}

function loginUrl({ paths }: Settings, remedy: Remedy): string {
  const query = new URLSearchParams();
  const { provider, acr_values: acrValues, max_age: maxAge, consent } = remedy;
  for (const [name, value] of Object.entries({
    provider,
    acr_values: acrValues,
    max_age: maxAge,
    consent,
  }))
    if (value !== undefined) query.set(name, String(value));
  return `${paths.login}?${query}`;
}

/** The parameters of the challenge that is about an access token and says what is wrong. */
function tokenRefusal(rawHeaders: readonly string[]): ReadonlyMap<string, string> | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'www-authenticate') continue;
    const challenges = parseChallenges(rawHeaders[i + 1] ?? '') ?? [];
    const found = challenges.find(
      ({ scheme, params }) => (scheme === 'bearer' || scheme === 'dpop') && params.has('error'),
    );
    if (found) return found.params;
  }
  return undefined;
}
