import type { AuthorizationServer } from '@coatcheck/testing';
import { facebookAt, imitateFacebook } from './imitations/facebook.ts';
import { githubAt, imitateGitHub } from './imitations/github.ts';
import type { RigOptions } from './rig.ts';

/** A provider as people set it up, and how the scriptable server comes to answer like it. */
export interface Preset {
  /** As the options name its profile. */
  readonly name: string;
  /** `openid`: it gives ID tokens. */
  readonly protocol: 'openid' | 'oauth2';
  /** Lets in only who has an address at `example.test`, if it says of addresses whether they are verified. */
  readonly rig: RigOptions;
  readonly verifiesEmail: boolean;
  /** To be called again after each reset of the server. */
  imitate(as: AuthorizationServer): Imitation;
}

/** What a test can change of it. */
export interface Imitation {
  /** The person's address from now on. */
  setEmail(address: unknown, isVerified: boolean): void;
}

const tenant = '11111111-2222-3333-4444-555555555555';
const access = { emailDomains: ['example.test'] };

/** Every profile: what holds for one must hold for all. */
export const presets: readonly Preset[] = [
  openid('oidc'),
  openid('google'),
  openid('okta'),
  openid('auth0'),
  openid('keycloak'),
  openid('apple', { responseMode: 'query', scopes: ['openid', 'profile', 'email'] }),
  {
    name: 'microsoft',
    protocol: 'openid',
    verifiesEmail: false,
    rig: { provider: { config: { profile: 'microsoft', tenants: [tenant] } } },
    imitate(as) {
      as.change('idToken', 'always', ({ claims }) => {
        claims.tid = tenant;
      });
      return { setEmail: neverVerified };
    },
  },
  {
    name: 'facebook',
    protocol: 'oauth2',
    verifiesEmail: false,
    rig: { provider: (as) => facebookAt(as) },
    imitate(as) {
      imitateFacebook(as);
      return { setEmail: neverVerified };
    },
  },
  {
    name: 'oauth2',
    protocol: 'oauth2',
    verifiesEmail: true,
    rig: {
      provider: ({ issuer }) => {
        const endpoints = {
          authorization: `${issuer}/authorize`,
          token: `${issuer}/token`,
          userInfo: `${issuer}/userinfo`,
        };
        return { config: { profile: 'oauth2', scopes: ['profile', 'email'], endpoints, access } };
      },
    },
    imitate: (as) => ({
      setEmail(email, isVerified) {
        as.change('userinfo', 'always', (claims) => {
          Object.assign(claims, { email, email_verified: isVerified });
        });
      },
    }),
  },
  {
    name: 'github',
    protocol: 'oauth2',
    verifiesEmail: true,
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

function neverVerified(): never {
  throw new Error('this provider says of no address that it is verified');
}

function openid(name: string, more: Record<string, unknown> = {}): Preset {
  return {
    name,
    protocol: 'openid',
    verifiesEmail: true,
    rig: { as: { signingAlgorithm: 'ES256' }, provider: { config: { profile: name, access, ...more } } },
    imitate: (as) => ({
      setEmail(email, isVerified) {
        as.change('idToken', 'always', ({ claims }) => {
          Object.assign(claims, { email, email_verified: isVerified });
        });
      },
    }),
  };
}
