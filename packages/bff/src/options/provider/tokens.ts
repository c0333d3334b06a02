import { Type } from 'typebox';
import { isProfileName, type ProfileName, profileOf } from '../../profiles/profiles.ts';
import { durationOption, durationPattern, parseDuration } from '../duration.ts';
import { record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';

/** What is accepted from the token endpoint. */
export const tokenMembers = {
  idTokenSigningAlg: Type.Optional(
    Type.String({
      description: 'The only algorithm accepted for ID tokens. Default: what the metadata offers.',
    }),
  ),
  dpop: Type.Optional(
    Type.Union([Type.Literal('never'), Type.Literal('when-offered'), Type.Literal('required')], {
      description:
        'Tokens bound to a key of each session (RFC 9449). The APIs behind the routes must know DPoP.',
      default: 'never',
    }),
  ),
  clockTolerance: Type.Optional(
    Type.String({
      description: "How far the provider's clock may be off, for what its tokens say of times; at most 300s.",
      pattern: '^(?:[0-9]|[1-9][0-9]|[12][0-9]{2}|300)s$',
      default: '30s',
    }),
  ),
  requestTimeout: durationOption('Longest wait for one answer of the provider.', '5s'),
  defaultTokenLifetime: Type.Optional(
    Type.String({
      description:
        "Assumed life of an access token whose answer lacks expires_in. Default: the profile's, else 5m.",
      pattern: durationPattern,
    }),
  ),
};

/** Durations in milliseconds. */
export interface TokenSettings {
  readonly dpop: 'never' | 'when-offered' | 'required';
  readonly idTokenSigningAlg: string | null;
  readonly clockTolerance: number;
  readonly requestTimeout: number;
  readonly defaultTokenLifetime: number;
}

export function tokenSettings(input: {
  readonly profile?: ProfileName;
  readonly dpop?: TokenSettings['dpop'];
  readonly idTokenSigningAlg?: string;
  readonly clockTolerance?: string;
  readonly requestTimeout?: string;
  readonly defaultTokenLifetime?: string;
}): TokenSettings {
  return {
    dpop: input.dpop ?? 'never',
    idTokenSigningAlg: input.idTokenSigningAlg ?? null,
    clockTolerance: parseDuration(input.clockTolerance ?? '30s'),
    requestTimeout: parseDuration(input.requestTimeout ?? '5s'),
    defaultTokenLifetime:
      input.defaultTokenLifetime === undefined
        ? profileOf(input.profile).tokenLifetime
        : parseDuration(input.defaultTokenLifetime),
  };
}

export function tokenProblems(input: unknown, at: string): ConfigProblem[] {
  const { dpop = 'never', profile } = record(input);
  const { protocol } = profileOf(isProfileName(profile) ? profile : undefined);
  if (dpop === 'never' || protocol === 'openid') return [];
  const problem = `is ${String(dpop)}, but the servers of this profile do not know DPoP.`;
  return [{ key: `${at}.dpop`, problem, fix: 'Remove it.' }];
}
