import { Type } from 'typebox';
import type { Profile } from '../../profiles/profile.ts';
import { isProfileName, type ProfileName, profileOf } from '../../profiles/profiles.ts';
import { record } from '../input.ts';
import { isLoopback } from '../loopback.ts';
import type { ConfigProblem } from '../problems.ts';

/** Which provider it is, and what it is called. */
export const identityMembers = {
  id: Type.String({
    description: 'Names the provider in URLs and sessions.',
    // /bff/callback/done is the end of a sign-in in a popup.
    pattern: '^(?!done$)[a-z0-9][a-z0-9-]{0,31}$',
  }),
  // One by one: of a list that is mapped, no type comes out.
  profile: Type.Optional(
    Type.Union(
      [
        Type.Literal('oidc'),
        Type.Literal('oauth2'),
        Type.Literal('google'),
        Type.Literal('github'),
        Type.Literal('facebook'),
        Type.Literal('microsoft'),
        Type.Literal('apple'),
        Type.Literal('okta'),
        Type.Literal('auth0'),
        Type.Literal('keycloak'),
      ],
      {
        description:
          'What is known of it: endpoints, scopes, quirks. oidc: any OpenID Provider. oauth2: any OAuth 2.0 server.',
        default: 'oidc',
      },
    ),
  ),
  label: Type.Optional(Type.String({ description: 'What a sign-in page calls it.', minLength: 1 })),
  issuer: Type.Optional(
    Type.String({
      description:
        "Issuer identifier, exactly as the provider writes it; a stable name for it where it has none. Default: the profile's.",
    }),
  ),
  insecureAllowHttpIssuer: Type.Optional(
    Type.Boolean({
      description: 'INSECURE: accept an http issuer that is not on loopback.',
      default: false,
    }),
  ),
};

interface IdentityInput {
  readonly id: string;
  readonly profile?: ProfileName;
  readonly label?: string;
  readonly issuer?: string;
  readonly insecureAllowHttpIssuer?: boolean;
  readonly scopes?: readonly string[];
  readonly endpoints?: { readonly web?: string; readonly authorization?: string };
  readonly tenants?: readonly string[];
}

export interface IdentitySettings {
  readonly id: string;
  readonly profile: Profile;
  readonly label: string;
  /** `openid`: with discovery and ID tokens. */
  readonly protocol: 'openid' | 'oauth2';
  /** Where its metadata is found. */
  readonly issuer: URL;
  /** The issuer identifier to the letter: it is compared as text. */
  readonly issuerName: string;
  readonly insecureAllowHttpIssuer: boolean;
}

export function identitySettings(input: IdentityInput): IdentitySettings {
  const profile = profileOf(input.profile);
  const { issuerName, metadataAt = issuerName } = issuerOf(profile, input);
  return {
    id: input.id,
    profile,
    label: input.label ?? profile.label ?? input.id,
    protocol: profile.mayBeOpenId && input.scopes?.includes('openid') ? 'openid' : profile.protocol,
    issuer: new URL(metadataAt),
    issuerName,
    insecureAllowHttpIssuer: input.insecureAllowHttpIssuer ?? false,
  };
}

/** A server that stands in the place of the profile's is another issuer: its numbers name other people. */
export function issuerOf(
  profile: Profile,
  { issuer, endpoints, tenants = [] }: Pick<IdentityInput, 'issuer' | 'endpoints' | 'tenants'>,
): { readonly issuerName: string; readonly metadataAt?: string } {
  if (issuer !== undefined) return { issuerName: issuer };
  const web = (endpoints?.web ?? profile.places?.web ?? '').replace(/\/+$/, '');
  if (profile.issuers === 'per-tenant') {
    const [only, ...more] = tenants;
    const version = profile.places?.version ?? '';
    if (only !== undefined && more.length === 0)
      return { issuerName: `${web}/${only.toLowerCase()}/${version}` };
    return { issuerName: `${web}/{tenantid}/${version}`, metadataAt: `${web}/organizations/${version}` };
  }
  if (endpoints?.web !== undefined) return { issuerName: web };
  if (profile.issuer !== null) return { issuerName: profile.issuer };
  return { issuerName: URL.parse(endpoints?.authorization ?? '')?.origin ?? '' };
}

export function identityProblems(input: unknown, at: string): ConfigProblem[] {
  const { profile: name, issuer: written, insecureAllowHttpIssuer } = record(input);
  const key = `${at}.issuer`;
  if (written === undefined && (name === undefined || isProfileName(name))) {
    const profile = profileOf(name);
    const { issuer, protocol, issuers } = profile;
    if (issuer !== null || protocol === 'oauth2' || issuers === 'per-tenant') return [];
    return [{ key, problem: 'is missing.', fix: "Copy `issuer` from the provider's discovery document." }];
  }
  const issuer = typeof written === 'string' ? URL.parse(written) : undefined;
  if (issuer === undefined) return [];
  if (issuer === null || !/^https?:$/.test(issuer.protocol)) {
    return [
      { key, problem: 'is no https URL.', fix: "Copy `issuer` from the provider's discovery document." },
    ];
  }
  if (issuer.search !== '' || issuer.hash !== '' || issuer.username !== '') {
    return [{ key, problem: 'has a query, fragment or credentials.', fix: 'An issuer has none of them.' }];
  }
  if (issuer.protocol === 'http:' && !isLoopback(issuer) && insecureAllowHttpIssuer !== true) {
    return [
      {
        key,
        problem: 'is http on a host that is not loopback.',
        fix: 'Use https, or say insecureAllowHttpIssuer: true if tokens may be read on the way.',
      },
    ];
  }
  return [];
}
