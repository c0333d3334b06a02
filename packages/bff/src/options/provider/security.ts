import { Type } from 'typebox';
import { isProfileName, profileOf } from '../../profiles/profiles.ts';
import { durationPattern, parseDuration } from '../duration.ts';
import { record } from '../input.ts';
import type { ClientKey } from '../keys/client-keys.ts';
import type { ConfigProblem } from '../problems.ts';
import type { TokenSettings } from './tokens.ts';

/** How much of the protocol's latitude is left. */
export const securityMembers = {
  securityProfile: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('fapi2')], {
      description:
        'fapi2: the FAPI 2.0 Security Profile: pushed requests, S256, iss in the answer, tokens bound to a key or certificate, private_key_jwt or mTLS, PS256, ES256 or EdDSA. What contradicts it, here or in the metadata, is refused.',
      default: 'none',
    }),
  ),
};

export interface SecuritySettings {
  /** `none`: as the other options say. */
  readonly securityProfile: 'none' | 'fapi2';
}

export function securitySettings(input: Partial<SecuritySettings>): SecuritySettings {
  return { securityProfile: input.securityProfile ?? 'none' };
}

/** What may sign (FAPI 2.0 Security Profile §5.4.1). Ed25519 has two names. */
export const fapi2Algorithms: ReadonlySet<string> = new Set(['PS256', 'ES256', 'EdDSA', 'Ed25519']);

/** What the profile says in place of the defaults. */
interface Hardened extends SecuritySettings {
  readonly pushedAuthorizationRequests: 'when-offered' | 'required' | 'never';
  readonly dpop: TokenSettings['dpop'];
  readonly clientCertificate: object | null;
  readonly clientKeys: readonly ClientKey[];
}

/**
 * Settings of a provider under the profile that it names. What was written has been found not to contradict it.
 *
 * @param writtenDpop the option, where it was written
 */
export function hardened<Settings extends Hardened>(
  settings: Settings,
  writtenDpop: TokenSettings['dpop'] | undefined,
): Settings {
  if (settings.securityProfile === 'none') return settings;
  return {
    ...settings,
    pushedAuthorizationRequests: 'required',
    // Who shows a certificate has tokens bound to that.
    dpop: writtenDpop ?? (settings.clientCertificate === null ? 'required' : 'never'),
    clientKeys: settings.clientKeys.map((key) => ({
      ...key,
      algorithms: key.algorithms.filter((algorithm) => fapi2Algorithms.has(algorithm)),
    })),
  };
}

const authenticationMethods = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];

/** FAPI 2.0 §5.3.2.1: what is further in the future is of another time. Milliseconds. */
const longestTolerance = 60_000;

/** Every option that contradicts the profile. */
export function securityProblems(input: unknown, at: string): ConfigProblem[] {
  const options = record(input);
  if (options.securityProfile !== 'fapi2') return [];
  const profile = profileOf(isProfileName(options.profile) ? options.profile : undefined);
  const problems: ConfigProblem[] = [];
  const refuse = (name: string, problem: string, fix: string) => {
    problems.push({ key: `${at}.${name}`, problem: `${problem}, which FAPI 2.0 does not allow.`, fix });
  };
  const { pushedAuthorizationRequests: par = 'required', dpop = 'required', clientCertificate } = options;
  if (profile.protocol !== 'openid') {
    refuse('profile', 'is of a server without metadata and ID tokens', 'Remove securityProfile.');
  }
  if (par !== 'required') refuse('pushedAuthorizationRequests', `is ${String(par)}`, 'Remove it.');
  if (dpop !== 'required' && clientCertificate === undefined) {
    const fix = 'Remove it, or give a clientCertificate that the tokens are bound to instead.';
    refuse('dpop', `is ${String(dpop)}: tokens would be bearer tokens`, fix);
  }
  const { clientAuthentication: method = profile.clientAuthentication } = options;
  if (!authenticationMethods.some((one) => one === method)) {
    refuse('clientAuthentication', `is ${String(method)}`, `Take ${authenticationMethods.join(' or ')}.`);
  }
  for (const name of ['idTokenSigningAlg', 'userInfoSigningAlg']) {
    const algorithm = options[name];
    if (algorithm === undefined || fapi2Algorithms.has(String(algorithm))) continue;
    refuse(name, `is ${String(algorithm)}`, `Take ${[...fapi2Algorithms].join(', ')}.`);
  }
  if (options.insecureAllowHttpIssuer === true) refuse('insecureAllowHttpIssuer', 'is true', 'Remove it.');
  const { clockTolerance } = options;
  const isDuration = typeof clockTolerance === 'string' && new RegExp(durationPattern).test(clockTolerance);
  if (isDuration && parseDuration(clockTolerance) > longestTolerance) {
    refuse('clockTolerance', `is ${clockTolerance}`, 'Take 60s at most.');
  }
  return problems;
}
