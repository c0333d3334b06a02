import type { AuthorizationServer } from '@coatcheck/testing';
import { githubAt, imitateGitHub } from './imitations/github.ts';
import type { RigOptions } from './rig.ts';

/** A provider as people set it up, and how the scriptable server comes to answer like it. */
export interface Preset {
  /** As the options name its profile. */
  readonly name: string;
  /** `openid`: it gives ID tokens. */
  readonly protocol: 'openid' | 'oauth2';
  /** Lets in only who has an address at `example.test`. */
  readonly rig: RigOptions;
  /** To be called again after each reset of the server. */
  imitate(as: AuthorizationServer): Imitation;
}

/** What a test can change of it. */
export interface Imitation {
  /** The person's address from now on. */
  setEmail(address: unknown, isVerified: boolean): void;
}

const access = { emailDomains: ['example.test'] };

/** Every profile: what holds for one must hold for all. */
export const presets: readonly Preset[] = [
  openid('oidc'),
  openid('google'),
  openid('okta'),
  openid('auth0'),
  openid('keycloak'),
  {
    name: 'github',
    protocol: 'oauth2',
    rig: { provider: (as) => githubAt(as, { access }) },
    imitate(as) {
      const github = imitateGitHub(as);
      const setEmail: Imitation['setEmail'] = (email, verified) => {
        github.emails = [{ email, verified, primary: true }];
      };
      setEmail('mona@example.test', true);
      return { setEmail };
    },
  },
];

function openid(name: string): Preset {
  return {
    name,
    protocol: 'openid',
    rig: { as: { signingAlgorithm: 'ES256' }, provider: { config: { profile: name, access } } },
    imitate: (as) => ({
      setEmail(email, isVerified) {
        as.change('idToken', 'always', ({ claims }) => {
          Object.assign(claims, { email, email_verified: isVerified });
        });
      },
    }),
  };
}
