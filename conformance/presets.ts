import type { AuthorizationServer } from '@coatcheck/testing';
import { githubAt, imitateGitHub } from './imitations/github.ts';
import type { RigOptions } from './rig.ts';

/** A provider as people set it up, and how the scriptable server comes to answer like it. */
export interface Preset {
  /** As the options name its profile. */
  readonly name: string;
  /** `openid`: it gives ID tokens. */
  readonly protocol: 'openid' | 'oauth2';
  readonly rig: RigOptions;
  /** Handlers of the server, which a reset of the rig takes away. */
  imitate?(as: AuthorizationServer): void;
}

/** Every profile: what holds for one must hold for all. */
export const presets: readonly Preset[] = [
  openid('oidc'),
  openid('google'),
  openid('okta'),
  openid('auth0'),
  openid('keycloak'),
  { name: 'github', protocol: 'oauth2', rig: { provider: (as) => githubAt(as) }, imitate: imitateGitHub },
];

function openid(name: string): Preset {
  return {
    name,
    protocol: 'openid',
    rig: { as: { signingAlgorithm: 'ES256' }, provider: { config: { profile: name } } },
  };
}
