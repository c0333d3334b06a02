import { randomBytes } from 'node:crypto';
import { startAuthorizationServer } from '@coatcheck/testing';
import { given } from '../given.ts';
import type { Machine } from '../machine.ts';
import { freePort, type Program, startProgram } from '../program.ts';

/** The authorization server, as a client is configured with it. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How the authorization server behaves. */
export interface ProviderOptions {
  /** Seconds; a day unless told, so that nothing is refreshed while it is measured. */
  readonly accessTokenLifetime?: number;
  /** ES256 costs the server a tenth of RS256, the default. */
  readonly signingAlgorithm?: 'RS256' | 'ES256';
  /** Binds tokens to a key where the client shows one (RFC 9449). */
  readonly dpop?: boolean;
}

/** Starts the authorization server of `@coatcheck/testing` in a process of its own. */
export async function startProvider(
  machine: Machine,
  folder: string,
  { accessTokenLifetime = 86_400, signingAlgorithm = 'RS256', dpop = false }: ProviderOptions = {},
): Promise<{ readonly provider: Provider; readonly program: Program }> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const client = { clientId: 'bench', clientSecret: randomBytes(32).toString('base64url') };
  const program = await startProgram({
    machine,
    place: 'load',
    name: 'authorization-server',
    folder,
    command: process.execPath,
    args: [import.meta.filename],
    environment: {
      PORT: String(port),
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: client.clientSecret,
      ACCESS_TOKEN_LIFETIME: String(accessTokenLifetime),
      SIGNING_ALGORITHM: signingAlgorithm,
      DPOP: dpop ? 'offered' : 'off',
    },
    readyUrl: `${issuer}/.well-known/openid-configuration`,
  });
  return { provider: { issuer, ...client }, program };
}

if (import.meta.main) {
  await startAuthorizationServer({
    port: Number(given('PORT')),
    client: { clientId: given('CLIENT_ID'), clientSecret: given('CLIENT_SECRET') },
    accessTokenLifetime: Number(given('ACCESS_TOKEN_LIFETIME')),
    signingAlgorithm: given('SIGNING_ALGORITHM') === 'ES256' ? 'ES256' : 'RS256',
    dpop: given('DPOP') === 'offered' ? 'offered' : 'off',
  });
}
