import { Type } from 'typebox';

/** What a sign-out does at the provider. */
export const logoutMembers = {
  logout: Type.Optional(
    Type.Object(
      {
        atProvider: Type.Optional(
          Type.Boolean({ description: 'Send the browser to the end_session_endpoint.', default: true }),
        ),
        hint: Type.Optional(
          Type.Union([Type.Literal('none'), Type.Literal('logout_hint'), Type.Literal('id_token_hint')], {
            description: 'id_token_hint puts the ID token into a URL of the browser; start-up warns of it.',
            default: 'none',
          }),
        ),
        revoke: Type.Optional(
          Type.Boolean({ description: 'Revoke the refresh token (RFC 7009) at sign-out.', default: true }),
        ),
      },
      { additionalProperties: false },
    ),
  ),
};

export interface LogoutSettings {
  readonly logout: {
    readonly atProvider: boolean;
    readonly hint: 'none' | 'logout_hint' | 'id_token_hint';
    readonly revoke: boolean;
  };
}

export function logoutSettings(input: {
  readonly logout?: Partial<LogoutSettings['logout']>;
}): LogoutSettings {
  return {
    logout: {
      atProvider: input.logout?.atProvider ?? true,
      hint: input.logout?.hint ?? 'none',
      revoke: input.logout?.revoke ?? true,
    },
  };
}
