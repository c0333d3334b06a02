import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import type { DpopProof } from './dpop.ts';
import type { Outcome } from './failure.ts';
import type { AuthorizationRequest } from './provider.ts';
import { signedIfWanted } from './request-object.ts';

/** Where to send the browser (RFC 6749 §4.1.1); pushes the request first where that is the way (RFC 9126). */
export async function authorizationUrl(
  config: client.Configuration,
  settings: ProviderSettings,
  request: AuthorizationRequest,
  proof: DpopProof | null,
): Promise<Outcome<URL>> {
  const parameters = await parametersOf(settings, request);
  // RFC 9449 §10: only who has the key can redeem the code.
  if (proof) parameters.set('dpop_jkt', await proof.handle.calculateThumbprint());
  const offered = config.serverMetadata().pushed_authorization_request_endpoint !== undefined;
  const required = settings.pushedAuthorizationRequests === 'required';
  if (required && !offered) {
    const detail = 'PAR is required, but the provider has no endpoint for it';
    return { ok: false, failure: { kind: 'misconfigured', detail } };
  }
  const push = required || (offered && settings.pushedAuthorizationRequests === 'when-offered');
  const sent = await signedIfWanted(config, settings, parameters);
  const url = push
    ? await client.buildAuthorizationUrlWithPAR(config, sent, proof ? { DPoP: proof.handle } : {})
    : client.buildAuthorizationUrl(config, sent);
  return { ok: true, value: url };
}

/** What the configuration fixes wins over what the browser asked for, and what is ours over both. */
async function parametersOf(
  settings: ProviderSettings,
  request: AuthorizationRequest,
): Promise<URLSearchParams> {
  const parameters = new URLSearchParams({
    ...request.extra,
    ...settings.authorizationParameters,
    ...hostedDomain(settings),
    response_type: 'code',
    redirect_uri: request.redirectUri,
    // The permissions of a GitHub App are fixed: there may be nothing to ask for.
    ...(request.scopes.length > 0 ? { scope: request.scopes.join(' ') } : {}),
    state: request.state,
    ...(settings.protocol === 'openid' ? { nonce: request.nonce } : {}),
    code_challenge: await client.calculatePKCECodeChallenge(request.codeVerifier),
    code_challenge_method: 'S256',
    // For a signed answer openid-client says so itself.
    ...(settings.responseMode === 'form_post' ? { response_mode: 'form_post' } : {}),
    ...(settings.authorizationDetails === null
      ? {}
      : { authorization_details: settings.authorizationDetails }),
    ...(settings.claims === null ? {} : { claims: settings.claims }),
  });
  for (const resource of settings.resources) parameters.append('resource', resource);
  return parameters;
}

/** A hint: what counts is the claim. */
function hostedDomain({ hostedDomains }: ProviderSettings): Record<string, string> {
  const [only, ...more] = hostedDomains;
  if (only === undefined) return {};
  return { hd: more.length === 0 ? only : '*' };
}
