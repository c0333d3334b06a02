import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@coatcheck/conformance/network';
import { programFile } from '../../go/build.ts';
import { dexProgram } from '../../go/programs.ts';
import { createPerson } from '../form-person.ts';
import { startProgram } from '../program.ts';
import { credentials, type Place, type RealServer, type ServerKind } from '../server.ts';
import { introspects } from '../token-state.ts';

const tokenLife = 3;

/** Dex with its own list of people, and with a rotation of refresh tokens that forgives no second use. */
export const dex: ServerKind = {
  name: 'Dex',
  offers: {
    refresh: 'rotates',
    accessToken: 'jwt',
    idTokenAlg: 'RS256',
    par: false,
    iss: false,
    dpop: false,
    revocation: false,
    saysInvalidGrant: true,
    rpInitiatedLogout: false,
    backchannelLogout: false,
    frontchannelLogout: false,
    keyRotation: true,
  },
  // ID tokens live as long, so that the BFF's clock must be that of the server.
  accessTokenLife: tokenLife,
  issuer: (origin) => `${origin}/dex`,
  provider: { scopes: ['openid', 'profile', 'email', 'offline_access'] },
  start,
};

/** bcrypt of the password that everybody has. */
const passwordHash = '$2a$10$IrVCKu5E6hAqZN6eLcllMe4Fp5N/zAPVgVm.hsRCH/G72m98bQiYu';

async function start({ origin, client }: Place): Promise<RealServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-dex-'));
  const port = await freePort();
  const configuration = path.join(folder, 'config.json');
  const issuer = dex.issuer(origin);
  await writeFile(
    configuration,
    JSON.stringify({
      issuer,
      storage: { type: 'memory' },
      web: { http: `127.0.0.1:${port}` },
      expiry: {
        idTokens: `${tokenLife}s`,
        refreshTokens: { disableRotation: false, reuseInterval: '0s', absoluteLifetime: '24h' },
      },
      oauth2: { skipApprovalScreen: true },
      enablePasswordDB: true,
      staticPasswords: [
        { email: credentials.login, hash: passwordHash, username: 'alice', userID: 'the-id-of-alice' },
      ],
      staticClients: [
        { id: client.id, name: 'Coatcheck', secret: client.secret, redirectURIs: [client.redirectUri] },
      ],
    }),
  );
  const run = () =>
    startProgram(programFile(dexProgram), ['serve', configuration], `http://127.0.0.1:${port}/dex/healthz`);
  let running = await run();
  return {
    version: dexProgram.release,
    port,
    person: () =>
      createPerson(origin, ([form]) =>
        form?.fields.includes('password') ? { form, fields: credentials } : undefined,
      ),
    isLive: (token) => introspects(`${issuer}/token/introspect`, token, client),
    // It keeps its keys where it keeps all else, in memory: a new start is a new key.
    async rotateKeys() {
      await running.end();
      running = await run();
    },
    log: () => running.log(),
    async close() {
      await running.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
