import { type Answer, type Call, json, type Route } from '../call.ts';
import type { Emulator, EmulatorOptions } from '../emulator.ts';
import { createSignIn } from '../sign-in/sign-in.ts';
import { type AssembleParts, startEmulator } from '../start.ts';
import { loadSigner } from '../state/signing-key.ts';
import { accessTokenEndpoint } from './access-token.ts';
import { facebookAccount, facebookAccounts } from './accounts.ts';
import type { FacebookApp } from './app.ts';
import { asks, deniedUri, dialog, grantedUri } from './dialog.ts';
import { discoveryDocument } from './discovery.ts';
import { oauthError, transientError } from './errors.ts';
import { debugToken, permissions, removePermissions, user } from './graph.ts';
import { facebookLook } from './look.ts';
import { createTokens } from './tokens.ts';
import { versioned } from './versions.ts';

export interface FacebookEmulatorOptions extends EmulatorOptions<FacebookApp> {
  /** Life of the token that comes with a code, in seconds; one hour by default. */
  readonly shortLife?: number;
}

export interface FacebookEmulator extends Emulator {
  /** The next calls of the Graph API fail, as they do at Facebook now and then. */
  failNext(code: 1 | 2 | 4, times?: number): void;
}

/** Error codes that the next calls get. */
type Failures = (1 | 2 | 4)[];

/**
 * Starts an emulator of Facebook Login and of the part of the Graph API that it needs, after Meta's public
 * documentation. The Graph API (graph.facebook.com) is at the same address.
 *
 * @throws IdpStartError where it must not run, the port is taken, or the data directory is unusable
 */
export async function startFacebookEmulator(options: FacebookEmulatorOptions): Promise<FacebookEmulator> {
  const failures: Failures = [];
  const assemble = (parts: AssembleParts) => facebookRoutes(options, parts, failures);
  const emulator = await startEmulator(options, { id: 'facebook', styles: facebookLook.styles, assemble });
  return {
    ...emulator,
    failNext(code, times = 1) {
      failures.push(...Array.from({ length: times }, () => code));
    },
  };
}

async function facebookRoutes(
  { clients: apps, shortLife = 3600 }: FacebookEmulatorOptions,
  { origin, database, now }: AssembleParts,
  failures: Failures,
): Promise<readonly Route[]> {
  const tokens = createTokens(apps, database, now);
  const signer = await loadSigner(database, now);
  const signIn = createSignIn({
    brand: 'facebook',
    look: facebookLook,
    accounts: facebookAccounts,
    clients: apps,
    database,
    now,
    asks: (request, accountId) => asks(tokens, request, accountId),
    granted: (request, accountId, left, asked) => grantedUri(tokens, request, accountId, left, asked),
    denied: deniedUri,
  });
  const parts = { apps, tokens, signer, origin, shortLife, now };
  const graph = (methods: string[], path: string, answer: (call: Call) => Answer | Promise<Answer>) =>
    versioned(methods, path, (call) => {
      const failure = failures.shift();
      return failure === undefined ? answer(call) : transientError(failure);
    });

  return [
    versioned(['GET'], '/dialog/oauth/?', (call) => dialog(apps, signIn, call)),
    ...signIn.routes,
    graph(['GET', 'POST'], '/oauth/access_token', (call) => accessTokenEndpoint(parts, call)),
    graph(['GET'], '/debug_token', (call) => debugToken(parts, call)),
    graph(['GET'], '/(?<user>me|\\d+)', (call) => user(parts, call)),
    graph(['GET'], '/(?<user>me|\\d+)/permissions', (call) => permissions(parts, call)),
    graph(['DELETE'], '/(?<user>me|\\d+)/permissions(?:/(?<permission>\\w+))?', (call) =>
      removePermissions(parts, call),
    ),
    {
      methods: ['GET'],
      path: /^\/\.well-known\/openid-configuration\/?$/,
      answer: () => json(200, discoveryDocument(origin)),
    },
    {
      methods: ['GET'],
      path: /^\/\.well-known\/oauth\/openid\/jwks\/?$/,
      answer: () => json(200, signer.jwks),
    },
    { methods: ['GET'], path: /^\/pictures\/(?<id>\d+)\.svg$/, answer: picture },
  ];
}

function picture(call: Call): Answer {
  const account = facebookAccount(call.params.id ?? '');
  if (account === undefined) return oauthError('Unsupported get request.', 100);
  const letter = account.firstName.slice(0, 1);
  const text = `<text x="25" y="34" font-family="sans-serif" font-size="24" text-anchor="middle" fill="#fff">${letter}</text>`;
  const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 50"><rect width="50" height="50" fill="#5b6b8c"/>${text}</svg>`;
  const headers = { 'Content-Type': 'image/svg+xml', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  return { status: 200, headers, body };
}
