import { type AuthorizationServer, answerOf, jsonAnswer } from '@coatcheck/testing';
import type { ProviderWanted } from '../adapters/adapter.ts';
import { formAnswer, membersOf } from './answers.ts';

/** How GitHub behaves at the moment; change a member at any time. */
export interface GitHub {
  /** An OAuth App's tokens never end; a GitHub App's end after 8 hours and are refreshed. */
  app: 'oauth' | 'github';
  /** What the token endpoint sends to who asks for JSON. */
  format: 'json' | 'form';
  /** As GitHub writes them: with commas. */
  scope: string;
  user: Record<string, unknown>;
  emails: Record<string, unknown>[];
  /** Own error codes, in place of an answer; each is sent once, with status 200. */
  readonly errors: string[];
}

/** Makes the scriptable server answer as GitHub does (GitHub Docs, "Authorizing OAuth apps"). */
export function imitateGitHub(as: AuthorizationServer): GitHub {
  const github: GitHub = {
    app: 'oauth',
    format: 'json',
    scope: 'read:user,user:email',
    user: { id: 583231, login: 'octocat', name: 'Mona Octocat', email: null, avatar_url: 'https://a.test/1' },
    emails: [
      { email: 'old@octo.test', primary: false, verified: true },
      { email: 'mona@octo.test', primary: true, verified: true },
    ],
    errors: [],
  };
  as.settings.accessTokenFormat = 'opaque';
  as.settings.issParameter = false;
  as.on('token', 'always', async ({ request }, next) => {
    const error = github.errors.shift();
    const answer = error === undefined ? await answerOf(next) : undefined;
    const given = answer ? membersOf(answer) : { error, error_description: 'see the documentation' };
    const members = given.error === undefined ? inItsWay(github, given) : given;
    const asked = request.headers.accept?.includes('application/json');
    // Errors too come with status 200.
    return asked && github.format === 'json' ? jsonAnswer(members) : formAnswer(members);
  });
  as.on('unknown', 'always', async ({ request }, next) => {
    const isKnown = as.isActive((request.headers.authorization ?? '').replace(/^(Bearer|token) /, ''));
    if (request.headers['user-agent'] === undefined) return { status: 403 };
    if (request.path === '/user') return isKnown ? jsonAnswer(github.user) : unauthorized();
    if (request.path === '/user/emails') return isKnown ? jsonAnswer(github.emails) : unauthorized();
    if (/^\/applications\/[^/]+\/token$/.test(request.path) && request.method === 'DELETE') {
      as.revokeGrants();
      return { status: 204 };
    }
    return next();
  });
  return github;
}

function inItsWay(github: GitHub, given: Record<string, unknown>): Record<string, unknown> {
  const { access_token, refresh_token } = given;
  const bearer = { access_token, scope: github.app === 'oauth' ? github.scope : '', token_type: 'bearer' };
  // In text, as it once was (GitHub changelog 2020-04-30).
  const expiring = { expires_in: '28800', refresh_token, refresh_token_expires_in: '15897600' };
  return github.app === 'oauth' ? bearer : { ...bearer, ...expiring };
}

function unauthorized() {
  return jsonAnswer({ message: 'Bad credentials' }, 401);
}

/** A provider that the BFF takes for GitHub. */
export function githubAt(
  as: AuthorizationServer,
  config: Record<string, unknown> = {},
): Partial<ProviderWanted> {
  return {
    id: 'github',
    config: {
      profile: 'github',
      issuer: undefined,
      endpoints: {
        web: as.issuer,
        api: as.issuer,
        authorization: `${as.issuer}/authorize`,
        token: `${as.issuer}/token`,
      },
      ...config,
    },
  };
}
