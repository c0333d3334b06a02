import { Type } from 'typebox';

/** Who we are to the provider, and how we prove it. */
export const clientAuthenticationMembers = {
  clientId: Type.String({ description: 'client_id registered at the provider.', minLength: 1 }),
  clientSecret: Type.String({ description: 'Secret of the confidential client.', minLength: 1 }),
  clientAuthentication: Type.Optional(
    Type.Union([Type.Literal('client_secret_basic'), Type.Literal('client_secret_post')], {
      description: 'How the client authenticates at the token endpoint (RFC 6749 §2.3.1).',
      default: 'client_secret_basic',
    }),
  ),
};

export interface ClientAuthenticationSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post';
}

export function clientAuthenticationSettings(input: {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication?: ClientAuthenticationSettings['clientAuthentication'];
}): ClientAuthenticationSettings {
  return {
    clientId: input.clientId,
    clientSecret: input.clientSecret,
    clientAuthentication: input.clientAuthentication ?? 'client_secret_basic',
  };
}
