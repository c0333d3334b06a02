import { Type } from 'typebox';
import { durationOption, parseDuration } from '../duration.ts';

/** What is accepted from the token endpoint. */
export const tokenMembers = {
  idTokenSigningAlg: Type.Optional(
    Type.String({
      description: 'The only algorithm accepted for ID tokens. Default: what the metadata offers.',
    }),
  ),
  requestTimeout: durationOption('Longest wait for one answer of the provider.', '5s'),
  defaultTokenLifetime: durationOption(
    'Assumed life of an access token whose answer lacks expires_in.',
    '5m',
  ),
};

/** Durations in milliseconds. */
export interface TokenSettings {
  readonly idTokenSigningAlg: string | null;
  readonly requestTimeout: number;
  readonly defaultTokenLifetime: number;
}

export function tokenSettings(input: {
  readonly idTokenSigningAlg?: string;
  readonly requestTimeout?: string;
  readonly defaultTokenLifetime?: string;
}): TokenSettings {
  return {
    idTokenSigningAlg: input.idTokenSigningAlg ?? null,
    requestTimeout: parseDuration(input.requestTimeout ?? '5s'),
    defaultTokenLifetime: parseDuration(input.defaultTokenLifetime ?? '5m'),
  };
}
