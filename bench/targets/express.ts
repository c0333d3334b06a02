import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import express from 'express';
import openidConnect from 'express-openid-connect';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { given } from '../given.ts';
import { startOfPlugins } from './of-plugins.ts';
import type { Target } from './target.ts';

/** What the first answers to “sessions and a proxy in Express” lead to. */
export const expressOpenid: Target = {
  name: 'express-openid-connect',
  about: '`express-openid-connect` with its encrypted cookie, and `http-proxy-middleware`',
  start: (surroundings) =>
    startOfPlugins(
      surroundings,
      {
        file: import.meta.filename,
        name: 'express',
        packages: ['express', 'express-openid-connect', 'http-proxy-middleware'],
      },
      '',
    ),
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
