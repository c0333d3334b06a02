import { usableKeys } from '@coatcheck/bff';
import { type Finding, findingsAbout } from '../finding.ts';
import { printableList } from '../printable.ts';
import type { Subject } from '../subject.ts';

/** Key types by the beginning of an algorithm's name. */
const keyTypes: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' };

/** How ID tokens are signed, and whether there are keys to check that with. */
export function checkKeys(subject: Subject): Finding[] {
  if (subject.source === 'oauth' || subject.profile.protocol === 'oauth2') return [];
  return [checkAlgorithms(subject), checkKeySet(subject)];
}

/** The algorithms of ID tokens that Coatcheck takes: asymmetric ones that it has. */
export function idTokenAlgorithms(subject: Subject): readonly string[] {
  const offered = subject.metadata.texts('id_token_signing_alg_values_supported') ?? ['RS256'];
  return offered.filter((alg) => /^(?:(?:RS|PS)(?:256|384|512)|ES(?:256|384|512)|EdDSA|Ed25519)$/.test(alg));
}

function checkAlgorithms(subject: Subject): Finding {
  const { ok, fail } = findingsAbout('ID tokens');
  const offered = subject.metadata.texts('id_token_signing_alg_values_supported');
  const usable = idTokenAlgorithms(subject);
  if (offered === undefined) return ok('signed by RS256, by default');
  if (usable.length > 0) return ok(`signed by ${printableList(usable)}`);
  return fail(
    `signed by none of the algorithms that Coatcheck takes: ${printableList(offered) || 'the list is empty'}`,
    'Every sign-in is refused: HS256 is as good as the secret, and none is no signature.',
    'Choose RS256, PS256, ES256 or EdDSA for the client.',
  );
}

function checkKeySet(subject: Subject): Finding {
  const { ok, fail, warn } = findingsAbout('signing keys');
  const { keys: fetched } = subject;
  const refused = 'No ID token can be checked: every sign-in is refused.';
  if (fetched === undefined) {
    return subject.metadata.text('jwks_uri') === undefined
      ? fail('the metadata names no key set (jwks_uri)', refused)
      : fail('the key set is not at an address that may be asked', refused);
  }
  if (fetched.kind !== 'document') {
    return fail(
      `the key set ${fetched.kind === 'unusable' ? '' : 'cannot be reached: '}${fetched.reason}`,
      refused,
    );
  }
  const usable = usableKeys(fetched.value);
  if (usable === null) return fail('what should be the key set has no list of keys', refused);
  if (hasPrivateKey(fetched.value)) {
    return fail(
      'the key set has a private key in it',
      'Whoever reads it can sign as the provider: anybody can be anybody.',
      'Tell whoever runs the provider, at once. Use no ID token of it until the key is another one.',
    );
  }
  if (usable.length === 0) {
    return fail(
      'no key can be used',
      `${refused} RSA keys under 2,048 bits, keys for encryption and damaged ones do not count.`,
    );
  }
  const types = new Set(usable.map(({ kty }) => kty));
  const lacking = idTokenAlgorithms(subject).filter((alg) => !types.has(keyTypes[alg.slice(0, 2)] ?? ''));
  const count = `${usable.length} usable ${usable.length === 1 ? 'key' : 'keys'} (${[...types].join(', ')})`;
  if (usable.length > 1 && usable.some(({ kid }) => kid === undefined)) {
    return warn(`${count}, some without a name (kid)`, 'An ID token that fits several keys is refused.');
  }
  if (lacking.length > 0 && lacking.length === idTokenAlgorithms(subject).length) {
    return fail(`${count}, none for ${printableList(lacking)}`, refused);
  }
  return ok(count);
}

function hasPrivateKey(keySet: unknown): boolean {
  const keys = typeof keySet === 'object' && keySet !== null && 'keys' in keySet ? keySet.keys : undefined;
  return Array.isArray(keys) && keys.some((key) => typeof key === 'object' && key !== null && 'd' in key);
}
