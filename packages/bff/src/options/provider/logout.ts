import { Type } from 'typebox';
import { type ProfileName, profileOf } from '../../profiles/profiles.ts';

/** What a sign-out does at the provider. */
export const logoutMembers = {
  logout: Type.Optional(
    Type.Object(
      {
        atProvider: Type.Optional(
          Type.Boolean({
            description: "Send the browser to the end_session_endpoint. Default: the profile's, else true.",
          }),
        ),
        hint: Type.Optional(
          Type.Union([Type.Literal('none'), Type.Literal('logout_hint'), Type.Literal('id_token_hint')], {
            description:
              "id_token_hint puts the ID token into a URL of the browser; start-up warns of it. Default: the profile's, else none.",
          }),
        ),
        revoke: Type.Optional(
          Type.Boolean({
            description:
              "Revoke what the provider granted at sign-out (RFC 7009, or its own way). Default: the profile's, else true; false where it would end every device.",
          }),
        ),
        acceptTokensWithoutExp: Type.Optional(
          Type.Boolean({
            description:
              'Take back-channel logout tokens that have no exp, as older servers send them, for five minutes from their iat. The standard requires exp.',
            default: false,
          }),
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
    readonly hintIs: 'name' | 'session';
    readonly revoke: boolean;
    readonly acceptTokensWithoutExp: boolean;
  };
}

export function logoutSettings(input: {
  readonly profile?: ProfileName;
  readonly logout?: Partial<LogoutSettings['logout']>;
}): LogoutSettings {
  return {
    logout: { acceptTokensWithoutExp: false, ...profileOf(input.profile).logout, ...input.logout },
  };
}
