import { Type } from 'typebox';

/** What is learned of a person who signs in. */
export const personMembers = {
  userClaims: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        'Claims that the browser may see. Default: sub name given_name family_name email email_verified picture locale.',
    }),
  ),
  rolesClaim: Type.Optional(
    Type.String({ description: 'The claim that holds the roles.', minLength: 1, default: 'roles' }),
  ),
  userInfo: Type.Optional(
    Type.Boolean({ description: 'Ask the userinfo endpoint too at sign-in.', default: false }),
  ),
};

export const defaultUserClaims = [
  'sub',
  'name',
  'given_name',
  'family_name',
  'email',
  'email_verified',
  'picture',
  'locale',
];

export interface PersonSettings {
  readonly userClaims: readonly string[];
  readonly rolesClaim: string;
  readonly userInfo: boolean;
}

export function personSettings(input: {
  readonly userClaims?: readonly string[];
  readonly rolesClaim?: string;
  readonly userInfo?: boolean;
}): PersonSettings {
  return {
    userClaims: input.userClaims ?? defaultUserClaims,
    rolesClaim: input.rolesClaim ?? 'roles',
    userInfo: input.userInfo ?? false,
  };
}
