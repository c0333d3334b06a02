import { Type } from 'typebox';
import { isProfileName, type ProfileName, profileOf } from '../../profiles/profiles.ts';
import { list, record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';
import { scopeList } from '../scope-list.ts';

/** What a sign-in asks for. */
export const authorizationMembers = {
  scopes: Type.Optional(
    scopeList(
      "Scopes to ask for; at an OpenID Provider openid is among them. Default: the profile's, else openid profile email.",
    ),
  ),
  requiredScopes: Type.Optional(scopeList('Sign-in fails unless the provider grants these.')),
  consents: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
      scopeList('Scopes that are asked for only by consent=<name> at the login URL.'),
      {
        description: 'Named sets of scopes to ask for when they are needed (incremental consent).',
        additionalProperties: false,
      },
    ),
  ),
  pushedAuthorizationRequests: Type.Optional(
    Type.Union([Type.Literal('when-offered'), Type.Literal('required'), Type.Literal('never')], {
      description: 'PAR (RFC 9126).',
      default: 'when-offered',
    }),
  ),
  responseMode: Type.Optional(
    Type.Union([Type.Literal('query'), Type.Literal('form_post'), Type.Literal('jwt')], {
      description:
        "How the answer comes back: in the URL, as a form post, or signed (JARM) in the URL. Default: the profile's, else query.",
    }),
  ),
  authorizationDetails: Type.Optional(
    Type.Array(Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true }), {
      description: 'Rich authorization requests (RFC 9396 §2), sent as authorization_details.',
      minItems: 1,
    }),
  ),
  claims: Type.Optional(
    Type.Object(
      {
        userinfo: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        id_token: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      },
      {
        description: 'Single claims to ask for (OpenID Connect Core §5.5).',
        additionalProperties: false,
      },
    ),
  ),
  authorizationParameters: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Fixed extra parameters of the authorization request.',
    }),
  ),
};

export type ResponseMode = 'query' | 'form_post' | 'jwt';

export interface AuthorizationSettings {
  readonly scopes: readonly string[];
  readonly requiredScopes: readonly string[];
  /** Sets of scopes that are asked for when they are needed, by name. */
  readonly consents: Readonly<Record<string, readonly string[]>>;
  readonly pushedAuthorizationRequests: 'when-offered' | 'required' | 'never';
  readonly responseMode: ResponseMode;
  /** As JSON, for the parameter; null where none are asked for. */
  readonly authorizationDetails: string | null;
  /** As JSON, for the parameter; null where none are asked for. */
  readonly claims: string | null;
  readonly authorizationParameters: Readonly<Record<string, string>>;
}

export function authorizationSettings(input: {
  readonly profile?: ProfileName;
  readonly scopes?: readonly string[];
  readonly requiredScopes?: readonly string[];
  readonly consents?: Readonly<Record<string, readonly string[]>>;
  readonly pushedAuthorizationRequests?: AuthorizationSettings['pushedAuthorizationRequests'];
  readonly responseMode?: ResponseMode;
  readonly authorizationDetails?: readonly object[];
  readonly claims?: object;
  readonly authorizationParameters?: Readonly<Record<string, string>>;
}): AuthorizationSettings {
  const profile = profileOf(input.profile);
  return {
    scopes: input.scopes ?? profile.scopes,
    requiredScopes: input.requiredScopes ?? [],
    consents: input.consents ?? {},
    pushedAuthorizationRequests: input.pushedAuthorizationRequests ?? 'when-offered',
    responseMode: input.responseMode ?? profile.responseMode,
    authorizationDetails: input.authorizationDetails ? JSON.stringify(input.authorizationDetails) : null,
    claims: input.claims ? JSON.stringify(input.claims) : null,
    authorizationParameters: { ...profile.authorizationParameters, ...input.authorizationParameters },
  };
}

const ownParameters = new Set([
  'client_id',
  'client_secret',
  'response_type',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'response_mode',
  'request',
  'request_uri',
  'resource',
  'authorization_details',
  'claims',
  'dpop_jkt',
]);

export function authorizationProblems(input: unknown, at: string): ConfigProblem[] {
  const { profile: name, scopes, authorizationParameters } = record(input);
  const problems: ConfigProblem[] = [];
  const profile = profileOf(isProfileName(name) ? name : undefined);
  if (Array.isArray(scopes) && profile.protocol === 'openid' && !list(scopes).includes('openid')) {
    problems.push({
      key: `${at}.scopes`,
      problem: 'lacks openid.',
      fix: 'Without it the provider gives no ID token. Add openid.',
    });
  }
  for (const [scope, fix] of Object.entries(profile.refusedScopes)) {
    if (!list(scopes).includes(scope)) continue;
    problems.push({ key: `${at}.scopes`, problem: `has ${scope}, which this provider refuses.`, fix });
  }
  const forbidden = Object.keys(record(authorizationParameters)).filter((name) => ownParameters.has(name));
  if (forbidden.length > 0) {
    problems.push({
      key: `${at}.authorizationParameters`,
      problem: `sets ${forbidden.join(', ')}, which Coatcheck sets itself.`,
      fix: 'Remove it; what may be chosen of these has an option of its own.',
    });
  }
  return problems;
}
