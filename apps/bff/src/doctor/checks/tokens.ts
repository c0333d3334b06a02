import { type Finding, findingsAbout } from '../finding.ts';
import type { Metadata } from '../metadata.ts';
import { printable, printableList } from '../printable.ts';
import type { Subject } from '../subject.ts';

/** What Coatcheck signs DPoP proofs with. */
const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256', 'ES384', 'ES512', 'PS384', 'PS512'];

/** Tokens after the sign-in: where they come from, how they are renewed and withdrawn. */
export function checkTokens(subject: Subject): Finding[] {
  return [checkEndpoint(subject), checkRefresh(subject), checkRevocation(subject), checkProofs(subject)];
}

/** Asked without anything, a token endpoint refuses; that it answers is what counts. */
function checkEndpoint({ token }: Subject): Finding {
  const { ok, fail, note } = findingsAbout('token endpoint');
  if (token === undefined) return note('not asked: it is not at an address that may be asked from here');
  if (token.kind === 'unreachable') {
    return fail(
      `cannot be reached: ${token.reason}`,
      'Codes cannot be redeemed from this machine.',
      'Look at name resolution, firewall, proxy and certificates between here and there.',
    );
  }
  if (token.kind === 'document') return ok('answers');
  if (token.status >= 500 || token.status === 404 || token.status < 400) {
    return fail(token.reason, 'Codes cannot be redeemed.', 'Is the address in the metadata right?');
  }
  return ok(`answers (${token.status} to a request without anything, as it should)`);
}

/** Whether refresh tokens can be had; undefined where the metadata does not say. */
export function givesRefreshTokens(metadata: Metadata): boolean | undefined {
  const grants = metadata.texts('grant_types_supported');
  if (grants?.includes('refresh_token')) return true;
  if (metadata.texts('scopes_supported')?.includes('offline_access')) return true;
  return grants === undefined ? undefined : false;
}

function checkRefresh({ metadata, profile }: Subject): Finding {
  const { ok, warn, note } = findingsAbout('refresh');
  const scopes = metadata.texts('scopes_supported');
  const ends = 'Without refresh tokens people sign in again when the access token ends.';
  if (profile.refusedScopes.offline_access !== undefined) {
    return ok('by a parameter of the profile, not by the scope offline_access');
  }
  const gives = givesRefreshTokens(metadata);
  if (gives === undefined) {
    return note('the metadata does not say whether there are refresh tokens', ends, 'Sign in once, and see.');
  }
  if (!gives) {
    return warn(
      'refresh_token is not among the grant types of the metadata',
      `${ends} Some servers give them all the same.`,
      'Allow the refresh token grant for the client, and ask for what the provider wants for it.',
    );
  }
  return scopes?.includes('offline_access')
    ? ok('refresh tokens, for the scope offline_access')
    : ok('refresh tokens; the scope offline_access is not listed, so it is not asked for');
}

function checkRevocation({ metadata, profile }: Subject): Finding {
  const { ok, note } = findingsAbout('revocation');
  if (metadata.text('revocation_endpoint') === undefined) {
    return note(
      'not offered (RFC 7009)',
      'After a sign-out a refresh token lives on at the provider, known to nobody.',
    );
  }
  if (!profile.logout.revoke) {
    return note(
      'offered, and not used with this profile',
      'It would sign the person out of the app on every device.',
    );
  }
  return ok('refresh tokens are revoked at sign-out (RFC 7009)');
}

function checkProofs({ metadata }: Subject): Finding {
  const { ok, note } = findingsAbout('DPoP');
  const offered = metadata.texts('dpop_signing_alg_values_supported');
  if (offered === undefined)
    return note('not offered (RFC 9449)', 'Access tokens are bearer tokens, as usual.');
  const common = offered.filter((alg) => proofAlgorithms.includes(alg));
  if (common.length === 0)
    return note(`offered, with algorithms that Coatcheck has not: ${printableList(offered)}`);
  return ok(`offered (${printable(common[0] ?? '')} among others): tokens can be bound to a key`);
}
