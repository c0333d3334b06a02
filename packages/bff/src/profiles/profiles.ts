import { apple } from './apple.ts';
import { auth0 } from './auth0.ts';
import { facebook } from './facebook.ts';
import { github } from './github.ts';
import { google } from './google.ts';
import { keycloak } from './keycloak.ts';
import { microsoft } from './microsoft.ts';
import { oauth2 } from './oauth2.ts';
import { oidc } from './oidc.ts';
import { okta } from './okta.ts';
import type { Profile } from './profile.ts';

/** Every profile, by the name it has in the options. */
export const profiles = {
  oidc,
  oauth2,
  google,
  github,
  facebook,
  microsoft,
  apple,
  okta,
  auth0,
  keycloak,
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;

/** What the options ask for; any OpenID Provider where they do not say. */
export function profileOf(name: ProfileName | undefined): Profile {
  return profiles[name ?? 'oidc'];
}

export function isProfileName(value: unknown): value is ProfileName {
  return typeof value === 'string' && Object.hasOwn(profiles, value);
}
