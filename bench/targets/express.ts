import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import express from 'express';
import openidConnect from 'express-openid-connect';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { given } from '../given.ts';
import { freePort, startProgram } from '../program.ts';
import { versionOf } from '../version.ts';
import { cookieHeader, signIn } from './sign-in.ts';
import type { Target } from './target.ts';

/** What the first answers to “sessions and a proxy in Express” lead to. */
export const expressOpenid: Target = {
  name: 'express-openid-connect',
  about: '`express-openid-connect` with its encrypted cookie, and `http-proxy-middleware`',
  async start({ machine, upstream, provider, folder }) {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const program = await startProgram({
      machine,
      place: 'server',
      name: 'express',
      folder,
      command: process.execPath,
      args: [import.meta.filename],
      environment: {
        PORT: String(port),
        UPSTREAM: upstream.origin,
        PREFIX: upstream.prefix,
        ISSUER: provider.issuer,
        CLIENT_ID: provider.clientId,
        CLIENT_SECRET: provider.clientSecret,
      },
      readyUrl: origin,
    });
    const jar = await signIn(origin, '/login').catch(async (error: unknown) => {
      await program.close();
      throw error;
    });
    const parts = ['express', 'express-openid-connect', 'http-proxy-middleware'];
    return {
      kind: 'started',
      url: `${origin}${upstream.path}`,
      headers: { Cookie: cookieHeader(jar) },
      pids: [program.pid],
      sends: 'bearer',
      madeOf: parts.map((name) => `${name} ${versionOf(name)}`).join(', '),
      close: program.close,
    };
  },
};

function serve(): void {
  const port = Number(given('PORT'));
  const app = express();
  app.use(
    openidConnect.auth({
      authRequired: false,
      issuerBaseURL: given('ISSUER'),
      baseURL: `http://127.0.0.1:${port}`,
      clientID: given('CLIENT_ID'),
      clientSecret: given('CLIENT_SECRET'),
      secret: randomBytes(32).toString('base64url'),
      authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    }),
  );
  app.use(
    given('PREFIX'),
    openidConnect.requiresAuth(),
    // Express takes the prefix off the path.
    createProxyMiddleware<express.Request, express.Response>({
      target: `${given('UPSTREAM')}${given('PREFIX')}`,
      // By itself it has 256 connections: as many event streams, and no call gets through beside them.
      agent: new Agent({ keepAlive: true }),
      on: {
        proxyReq(sent, request) {
          sent.removeHeader('cookie');
          sent.setHeader('authorization', `Bearer ${request.oidc.accessToken?.access_token}`);
        },
      },
    }),
  );
  app.listen(port, '127.0.0.1');
}

if (import.meta.main) serve();
