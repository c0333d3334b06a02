import path from 'node:path';
import type { CertificateFiles } from './certificate.ts';
import { clientKeyFile, clientSecretFile, ticketKeyFile } from './data.ts';
import { brandProviders } from './providers.ts';
import { type DemoSettings, publicUrl } from './settings.ts';

/** The audience of the demo API, as the authorization server, the BFF and the API must all write it. */
export const apiAudience = 'urn:coatcheck:demo-api';

/** Issuer of the demo's authorization server: another site than `localhost`, so that the flow is truly cross-site. */
export function issuerOf({ ports }: DemoSettings): string {
  return `http://127.0.0.1:${ports.IDP_PORT}`;
}

/** Where the demo API answers. */
export function apiUrlOf({ ports }: DemoSettings): string {
  return `http://127.0.0.1:${ports.API_PORT}`;
}

/** Where the attack lab's attacker answers; the BFF asks it for its log. */
export function attackerUrlOf({ ports }: DemoSettings): string {
  return `http://127.0.0.1:${ports.LAB_ATTACKER_PORT}`;
}

/** The origin of the attack lab's weak app. */
export function labUrlOf({ ports }: DemoSettings): string {
  return `http://127.0.0.1:${ports.LAB_PORT}`;
}

/** Where the BFF's management port answers. */
export function managementUrlOf({ ports }: DemoSettings): string {
  return `http://127.0.0.1:${ports.MANAGEMENT_PORT}`;
}

/** Where Vite's dev server answers, behind the BFF. */
export function viteUrlOf({ ports }: DemoSettings): string {
  return `http://127.0.0.1:${ports.VITE_PORT}`;
}

/** Where the generated configuration of the BFF is. */
export function configFileOf({ dataDir }: DemoSettings): string {
  return path.join(dataDir, 'coatcheck.config.json');
}

/** The BFF's configuration file for this demo. */
export function bffConfig(settings: DemoSettings, root: string, tls: CertificateFiles | undefined): object {
  const { ports, dataDir, idleTimeout, absoluteTimeout } = settings;
  return {
    publicUrl: publicUrl(settings),
    listen: { host: '127.0.0.1', port: ports.PORT },
    management: { host: '127.0.0.1', port: ports.MANAGEMENT_PORT },
    keys: [{ file: ticketKeyFile(dataDir) }],
    clientKeys: [{ file: clientKeyFile(dataDir) }],
    store: { url: settings.storeUrl },
    session: {
      ...(idleTimeout !== undefined && { idleTimeout: `${idleTimeout}s` }),
      ...(absoluteTimeout !== undefined && { absoluteTimeout: `${absoluteTimeout}s` }),
    },
    providers: [
      {
        id: 'demo',
        label: 'Demo provider',
        issuer: issuerOf(settings),
        clientId: 'coatcheck',
        clientSecret: { file: clientSecretFile(dataDir) },
        scopes: [
          ...['openid', 'profile', 'email', 'offline_access', 'notes:read'],
          ...(settings.asksToWriteLater ? [] : ['notes:write']),
          'admin',
        ],
        consents: { 'notes-write': ['notes:write'] },
      },
      ...brandProviders(settings),
    ],
    routes: [
      {
        prefix: '/api',
        upstream: apiUrlOf(settings),
        resource: apiAudience,
        // After a sign-in elsewhere, the demo provider gives the API's token for an assertion of the BFF.
        homeAssertion: true,
        websocket: true,
        websocketTokenMessage: '{"type":"authorize","token":"{token}"}',
      },
      // What the attack lab's attacker has received. Never a token goes there.
      { prefix: '/lab', upstream: attackerUrlOf(settings), session: 'none', methods: ['GET', 'POST'] },
    ],
    spa: settings.dev ? { devServer: viteUrlOf(settings) } : { directory: path.join(root, 'apps/web/dist') },
    ...(tls && { tls }),
    // What the pages under /learn show. Nobody but the demo should have it on.
    diagnostics: true,
    // Ctrl-C should not wait for a page that holds a stream open.
    shutdown: { grace: '2s' },
  };
}
