import { type Finding, findingsAbout } from '../finding.ts';
import { printableList } from '../printable.ts';
import type { Subject } from '../subject.ts';

/** Ways to authenticate that Coatcheck has, in the order in which the configuration gets one. */
const methods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'client_secret_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
] as const;

export type ClientMethod = (typeof methods)[number];

/** The way to authenticate that is proposed: the profile's, if it is offered. Undefined where there is none. */
export function clientMethodOf({ metadata, profile }: Pick<Subject, 'metadata' | 'profile'>) {
  // RFC 8414 §2: the default.
  const offered = metadata.texts('token_endpoint_auth_methods_supported') ?? ['client_secret_basic'];
  const preferred: readonly ClientMethod[] = [profile.clientAuthentication, ...methods];
  return preferred.find((one) => offered.includes(one));
}

/** How the client proves who it is. */
export function checkClient(subject: Subject): Finding[] {
  const { metadata } = subject;
  const { ok, note, fail } = findingsAbout('client authentication');
  const offered = metadata.texts('token_endpoint_auth_methods_supported');
  const chosen = clientMethodOf(subject);
  if (chosen === undefined) {
    return [
      fail(
        `none that Coatcheck has: ${printableList(offered ?? []) || 'the list is empty'}`,
        'It cannot redeem a code: a BFF is a confidential client (RFC 10017 §6.1.3.1).',
        `Switch one of these on: ${methods.join(', ')}.`,
      ),
    ];
  }
  const found = offered === undefined ? `${chosen}, by default` : printableList(offered);
  const findings = [ok(found)];
  if (offered?.includes('private_key_jwt') && chosen !== 'private_key_jwt') {
    findings.push(
      note(
        'private_key_jwt is offered',
        'With it no secret is shared that could leak from either side.',
        'Optional: clientAuthentication: "private_key_jwt", with a key by coatcheck keys generate --client.',
      ),
    );
  }
  return findings;
}
