import { Type } from 'typebox';
import { type AccessInput, type AccessRules, accessRules, accessSchema } from '../access.ts';

/** What is learned of a person who signs in. */
export const personMembers = {
  userClaims: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        'Claims that the browser may see. Default: sub name given_name family_name preferred_username email email_verified picture locale.',
    }),
  ),
  claimMapping: Type.Optional(
    Type.Record(Type.String({ minLength: 1 }), Type.String({ minLength: 1 }), {
      description:
        'Claims that the provider names otherwise: our name, and where it stands in its answer, with a dot between members.',
    }),
  ),
  rolesClaim: Type.Optional(
    Type.String({ description: 'The claim that holds the roles.', minLength: 1, default: 'roles' }),
  ),
  access: Type.Optional(accessSchema),
  userInfo: Type.Optional(
    Type.Boolean({ description: 'Ask the userinfo endpoint too at sign-in.', default: false }),
  ),
};

export const defaultUserClaims = [
  'sub',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'email',
  'email_verified',
  'picture',
  'locale',
];

export interface PersonSettings {
  readonly userClaims: readonly string[];
  /** Paths into the provider's answer, by the name of our claim. */
  readonly claimMapping: Readonly<Record<string, readonly string[]>>;
  readonly rolesClaim: string;
  /** Checked at sign-in and at each refresh. */
  readonly access: AccessRules;
  readonly userInfo: boolean;
}

export function personSettings(input: {
  readonly userClaims?: readonly string[];
  readonly claimMapping?: Readonly<Record<string, string>>;
  readonly rolesClaim?: string;
  readonly access?: AccessInput;
  readonly userInfo?: boolean;
}): PersonSettings {
  return {
    userClaims: input.userClaims ?? defaultUserClaims,
    claimMapping: Object.fromEntries(
      Object.entries(input.claimMapping ?? {}).map(([name, path]) => [name, path.split('.')]),
    ),
    rolesClaim: input.rolesClaim ?? 'roles',
    access: accessRules(input.access),
    userInfo: input.userInfo ?? false,
  };
}
