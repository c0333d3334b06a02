import type { CustomFetch } from 'openid-client';
import { isLoopback } from '../options/loopback.ts';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { failureOf, type Outcome, ProviderFetchError } from './failure.ts';
import { fapi2Fault, underFapi2 } from './fapi2.ts';
import type { Loaded } from './kept-document.ts';
import { lifetimeOf } from './lifetime.ts';

/** A provider's metadata as it came. */
export interface MetadataDocument {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** The members that name a place where something of ours goes, or where something comes from that we trust. */
const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'pushed_authorization_request_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
];

/** Without these nobody can sign in (OpenID Connect Discovery §3). */
const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'];

/**
 * Asks for a provider's metadata (OpenID Connect Discovery §4).
 *
 * @param now milliseconds since the epoch
 */
export async function loadMetadata(
  settings: ProviderSettings,
  fetch: CustomFetch,
  now: () => number,
): Promise<Outcome<Loaded<MetadataDocument>>> {
  const url = metadataUrl(settings);
  try {
    const answer = await fetch(url, {
      method: 'GET',
      redirect: 'manual',
      body: null,
      headers: { accept: 'application/json' },
    });
    if (answer.status >= 500 || answer.status === 429) {
      const detail = `discovery: ${url} answered ${answer.status}`;
      return { ok: false, failure: { kind: 'unavailable', answerLost: false, detail } };
    }
    if (answer.status !== 200) throw misconfigured(`${url} answered ${answer.status}; is the issuer right?`);
    const said = membersOf(await answer.text());
    if (!said) throw misconfigured(`${url} is no JSON object; is the issuer right?`);
    checkIssuer(settings, url, said.issuer);
    const whole = { ...said, ...configuredEndpoints(settings) };
    checkEndpoints(settings, whole);
    const members = underProfile(settings, whole);
    const document = { text: JSON.stringify(members), members };
    return { ok: true, value: { value: document, lifetime: lifetimeOf(answer.headers, now()) } };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'unavailable' || failure.kind === 'misconfigured') return { ok: false, failure };
    // Whatever is wrong with it, it is the configuration or the provider, not the person's sign-in.
    return { ok: false, failure: { kind: 'misconfigured', detail: `discovery: ${failure.detail}` } };
  }
}

/** Where a provider's metadata is. */
export function metadataUrl({ issuer }: Pick<ProviderSettings, 'issuer'>): string {
  return `${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** What profile and options say stands above the document: it may lack an endpoint, or name one that is retired. */
function configuredEndpoints({ endpoints }: ProviderSettings): Record<string, string> {
  const { authorization, token, userInfo, revocation, endSession, jwks } = endpoints;
  const named = {
    authorization_endpoint: authorization,
    token_endpoint: token,
    userinfo_endpoint: userInfo,
    revocation_endpoint: revocation,
    end_session_endpoint: endSession,
    jwks_uri: jwks,
  };
  return Object.fromEntries(Object.entries(named).flatMap(([name, url]) => (url ? [[name, url]] : [])));
}

/** The issuer is compared as text (OpenID Connect Discovery §4.3): what is accepted here names the sessions. */
function checkIssuer(settings: ProviderSettings, url: string, issuer: unknown): void {
  if (issuer === settings.issuerName) return;
  if (typeof issuer !== 'string' || issuer === '') throw misconfigured(`${url} names no issuer`);
  const said = issuer.slice(0, 256);
  throw misconfigured(
    `${url} says that its issuer is ${said}, the configuration says ${settings.issuerName}; ` +
      `set issuer to ${said} if that is the provider you mean`,
  );
}

/** RFC 6749 §3.1, §3.2: TLS, but on loopback. */
function checkEndpoints(settings: ProviderSettings, members: Readonly<Record<string, unknown>>): void {
  for (const name of needed) {
    if (members[name] === undefined) throw misconfigured(`it names no ${name}`);
  }
  if (settings.insecureAllowHttpIssuer) return;
  for (const name of endpoints) {
    const value = members[name];
    if (value === undefined) continue;
    const place = typeof value === 'string' ? URL.parse(value) : null;
    if (place === null) throw misconfigured(`its ${name} is no URL`);
    if (place.protocol !== 'https:' && !(place.protocol === 'http:' && isLoopback(place))) {
      throw misconfigured(`its ${name} is not https: ${place.protocol}//${place.host}`);
    }
  }
}

/** What is left of the metadata under the security profile of the options. */
function underProfile(
  settings: ProviderSettings,
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (settings.securityProfile === 'none') return members;
  const fault = fapi2Fault(members, settings);
  if (fault !== null) throw misconfigured(`securityProfile is fapi2, but ${fault}`);
  return underFapi2(members);
}

function misconfigured(detail: string): ProviderFetchError {
  return new ProviderFetchError({ kind: 'misconfigured', detail: `discovery: ${detail}` });
}

function membersOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
