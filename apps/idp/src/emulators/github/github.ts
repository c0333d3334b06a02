import type { Route } from '../call.ts';
import type { Emulator, EmulatorOptions } from '../emulator.ts';
import { createSignIn } from '../sign-in/sign-in.ts';
import { type AssembleParts, startEmulator } from '../start.ts';
import { accessTokenEndpoint } from './access-token.ts';
import { gitHubAccounts } from './accounts.ts';
import { avatar, endAuthorization, user, userEmails } from './api.ts';
import type { GitHubApp } from './app.ts';
import { asks, authorize, deniedUri, grantedUri } from './authorize.ts';
import { gitHubLook } from './look.ts';
import { createTokens } from './tokens.ts';

export type GitHubEmulatorOptions = EmulatorOptions<GitHubApp>;

/**
 * Starts an emulator of GitHub's sign-in and of the part of its REST API that says who signed in, after its public
 * documentation. The API (api.github.com) is at the same address.
 *
 * @throws IdpStartError where it must not run, the port is taken, or the data directory is unusable
 */
export function startGitHubEmulator(options: GitHubEmulatorOptions): Promise<Emulator> {
  const assemble = (parts: AssembleParts) => gitHubRoutes(options.clients, parts);
  return startEmulator(options, { id: 'github', styles: gitHubLook.styles, assemble });
}

function gitHubRoutes(
  apps: readonly GitHubApp[],
  { origin, database, now }: AssembleParts,
): readonly Route[] {
  const tokens = createTokens(database, now);
  const signIn = createSignIn({
    brand: 'github',
    look: gitHubLook,
    accounts: gitHubAccounts,
    clients: apps,
    database,
    now,
    asks: (request, accountId) => asks(tokens, request, accountId),
    granted: (request, accountId) => grantedUri(tokens, request, accountId),
    denied: deniedUri,
  });
  const api = { apps, tokens, origin };

  return [
    {
      methods: ['GET'],
      path: /^\/login\/oauth\/authorize$/,
      answer: (call) => authorize(apps, signIn, call),
    },
    ...signIn.routes,
    {
      methods: ['POST'],
      path: /^\/login\/oauth\/access_token$/,
      answer: (call) => accessTokenEndpoint(apps, tokens, call),
    },
    { methods: ['GET'], path: /^\/user$/, answer: (call) => user(api, call) },
    { methods: ['GET'], path: /^\/user\/emails$/, answer: (call) => userEmails(api, call) },
    {
      methods: ['DELETE'],
      path: /^\/applications\/(?<client>[^/]+)\/(?<what>token|grant)$/,
      answer: (call) => endAuthorization(api, call),
    },
    { methods: ['GET'], path: /^\/avatars\/(?<id>\d+)\.svg$/, answer: avatar },
  ];
}
