import { type Static, Type } from 'typebox';
import type { ClientKey } from '../keys/client-keys.ts';
import type { DecryptionKey } from '../keys/decryption-keys.ts';
import type { ConfigProblem } from '../problems.ts';
import {
  type AuthorizationSettings,
  authorizationMembers,
  authorizationProblems,
  authorizationSettings,
} from './authorization.ts';
import {
  type ClientAuthenticationSettings,
  clientAuthenticationMembers,
  clientAuthenticationProblems,
  clientAuthenticationSettings,
} from './client-authentication.ts';
import {
  type ClientSecretKeySettings,
  clientSecretKeyMembers,
  clientSecretKeyProblems,
  clientSecretKeySettings,
} from './client-secret-key.ts';
import {
  type EncryptionSettings,
  encryptionMembers,
  encryptionProblems,
  encryptionSettings,
} from './encryption.ts';
import { type EndpointSettings, endpointMembers, endpointProblems, endpointSettings } from './endpoints.ts';
import { type IdentitySettings, identityMembers, identityProblems, identitySettings } from './identity.ts';
import { type LogoutSettings, logoutMembers, logoutSettings } from './logout.ts';
import {
  type OrganizationSettings,
  organizationMembers,
  organizationProblems,
  organizationSettings,
} from './organizations.ts';
import { type PersonSettings, personMembers, personSettings } from './person.ts';
import {
  type RequestObjectSettings,
  requestObjectMembers,
  requestObjectProblems,
  requestObjectSettings,
} from './request-objects.ts';
import {
  hardened,
  type SecuritySettings,
  securityMembers,
  securityProblems,
  securitySettings,
} from './security.ts';
import { type TokenSettings, tokenMembers, tokenProblems, tokenSettings } from './tokens.ts';

/** A provider's options, one file for each concern. */
export const providerSchema = Type.Object(
  {
    ...identityMembers,
    ...securityMembers,
    ...endpointMembers,
    ...organizationMembers,
    ...clientAuthenticationMembers,
    ...clientSecretKeyMembers,
    ...authorizationMembers,
    ...requestObjectMembers,
    ...tokenMembers,
    ...encryptionMembers,
    ...personMembers,
    ...logoutMembers,
  },
  { additionalProperties: false },
);

export type ProviderInput = Static<typeof providerSchema>;

/** A provider's options with defaults filled in; durations in milliseconds. */
export interface ProviderSettings
  extends IdentitySettings,
    SecuritySettings,
    EndpointSettings,
    OrganizationSettings,
    ClientAuthenticationSettings,
    ClientSecretKeySettings,
    AuthorizationSettings,
    RequestObjectSettings,
    TokenSettings,
    EncryptionSettings,
    PersonSettings,
    LogoutSettings,
    SharedSettings {}

/** What a provider has of the options outside its own. */
export interface SharedSettings {
  /** Resources of the routes that use this provider; asked for at sign-in (RFC 8707 §2.1). */
  readonly resources: readonly string[];
  /** Whether a route sends its tokens: then a session lives no longer than they can be had. */
  readonly isTokenUsed: boolean;
  /** Claims that the rules of access look at, its own and the routes'. */
  readonly accessClaims: readonly string[];
  /** Keys of the client; the first that the provider accepts signs. */
  readonly clientKeys: readonly ClientKey[];
  /** Keys of the client for what the provider encrypts. */
  readonly decryptionKeys: readonly DecryptionKey[];
}

export function providerSettings(input: ProviderInput, shared: SharedSettings): ProviderSettings {
  const identity = identitySettings(input);
  const settings = {
    ...identity,
    ...securitySettings(input),
    ...endpointSettings(identity.profile, input.endpoints),
    ...organizationSettings(input),
    ...clientAuthenticationSettings(input),
    ...clientSecretKeySettings(input),
    ...authorizationSettings(input),
    ...requestObjectSettings(input),
    ...tokenSettings(input),
    ...encryptionSettings(input),
    ...personSettings(input),
    ...logoutSettings(input),
    ...shared,
  };
  return hardened(settings, input.dpop);
}

/**
 * What the schema cannot say of a provider.
 *
 * @param at where it stands in the options
 * @param options all of them, of any shape
 */
export function providerProblems(
  input: unknown,
  at: string,
  options: Readonly<Record<string, unknown>>,
): ConfigProblem[] {
  return [
    ...identityProblems(input, at),
    ...securityProblems(input, at),
    ...endpointProblems(input, at),
    ...organizationProblems(input, at),
    ...clientAuthenticationProblems(input, at, options.clientKeys),
    ...clientSecretKeyProblems(input, at),
    ...authorizationProblems(input, at),
    ...requestObjectProblems(input, at, options.clientKeys),
    ...tokenProblems(input, at),
    ...encryptionProblems(input, at, options.decryptionKeys),
  ];
}
