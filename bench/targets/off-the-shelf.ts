import { randomBytes } from 'node:crypto';
import httpProxy from '@fastify/http-proxy';
import secureSession from '@fastify/secure-session';
import fastify, { type FastifyInstance } from 'fastify';
import * as openid from 'openid-client';
import { given } from '../given.ts';
import { startOfPlugins } from './of-plugins.ts';
import type { Target } from './target.ts';

declare module '@fastify/secure-session' {
  interface SessionData {
    verifier: string;
    state: string;
    accessToken: string;
    refreshToken: string;
  }
}

/** What one writes in an afternoon from Fastify's own plugins: it does less, and keeps the tokens in the cookie. */
export const offTheShelf: Target = {
  name: 'off the shelf',
  about: '`@fastify/secure-session` with the tokens in its cookie, and `@fastify/http-proxy`',
  start: (surroundings) =>
    startOfPlugins(
      surroundings,
      {
        file: import.meta.filename,
        name: 'off-the-shelf',
        packages: ['fastify', '@fastify/secure-session', '@fastify/http-proxy'],
      },
      surroundings.upstream.path,
    ),
};

async function serve(): Promise<void> {
  const port = Number(given('PORT'));
  const app = fastify({ logger: false });
  await app.register(secureSession, {
    key: randomBytes(32),
    expiry: 86_400,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax' },
  });
  await app.register(login, { origin: `http://127.0.0.1:${port}` });
  const prefix = given('PREFIX');
  await app.register(httpProxy, {
    upstream: given('UPSTREAM'),
    prefix,
    rewritePrefix: prefix,
    async preHandler(request, reply) {
      if (!request.session.get('accessToken')) await reply.code(401).send({ error: 'sign in first' });
    },
    replyOptions: {
      rewriteRequestHeaders(request, { cookie: _, ...headers }) {
        // The plugin's types leave out what the session plugin adds to a request.
        const token: unknown = 'session' in request ? request.session.get('accessToken') : undefined;
        return { ...headers, authorization: `Bearer ${token}` };
      },
    },
  });
  await app.listen({ host: '127.0.0.1', port });
}

async function login(app: FastifyInstance, { origin }: { origin: string }): Promise<void> {
  const provider = await openid.discovery(
    new URL(given('ISSUER')),
    given('CLIENT_ID'),
    given('CLIENT_SECRET'),
    undefined,
    { execute: [openid.allowInsecureRequests] },
  );
  app.get('/login', async (request, reply) => {
    const [verifier, state] = [openid.randomPKCECodeVerifier(), openid.randomState()];
    request.session.set('verifier', verifier);
    request.session.set('state', state);
    const url = openid.buildAuthorizationUrl(provider, {
      redirect_uri: `${origin}/callback`,
      scope: 'openid profile email',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    });
    return reply.redirect(url.href);
  });
  app.get('/callback', async (request, reply) => {
    const tokens = await openid.authorizationCodeGrant(provider, new URL(request.url, origin), {
      pkceCodeVerifier: String(request.session.get('verifier')),
      expectedState: String(request.session.get('state')),
    });
    request.session.set('verifier', undefined);
    request.session.set('state', undefined);
    request.session.set('accessToken', tokens.access_token);
    request.session.set('refreshToken', tokens.refresh_token);
    return reply.redirect('/');
  });
}

if (import.meta.main) await serve();
