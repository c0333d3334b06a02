import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DemoFailure, reasonOf } from './failure.ts';
import type { Brand } from './settings.ts';

/**
 * Makes the data directory (mode 700) and what the demo itself keeps there.
 *
 * @throws DemoFailure when it cannot be written
 */
export function prepareData(dataDir: string): void {
  try {
    for (const folder of ['', 'bff', 'logs']) {
      mkdirSync(path.join(dataDir, folder), { recursive: true, mode: 0o700 });
    }
    const probe = path.join(dataDir, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
    makeOnce(ticketKeyFile(dataDir), () => randomBytes(32).toString('base64url'));
    makeOnce(clientKeyFile(dataDir), newSigningKey);
  } catch (error) {
    throw new DemoFailure(
      `The data directory ${dataDir} cannot be written (${reasonOf(error)}). Give this user the right to, or choose another with DATA_DIR.`,
    );
  }
}

/** The root key that seals tickets; made once, because a new one signs everybody out. */
export function ticketKeyFile(dataDir: string): string {
  return path.join(dataDir, 'bff', 'ticket-key');
}

/** The BFF's own key, with which it vouches for people at the demo provider; the public half is at /bff/jwks. */
export function clientKeyFile(dataDir: string): string {
  return path.join(dataDir, 'bff', 'client-key.pem');
}

/** Where the authorization server writes the BFF's client secret at its first run. */
export function clientSecretFile(dataDir: string): string {
  return path.join(dataDir, 'idp', 'client-secret');
}

/** The same of an emulated provider. */
export function emulatorSecretFile(dataDir: string, brand: Brand): string {
  return path.join(dataDir, 'idp', `${brand}-client-secret`);
}

/** Writes a file that only this user can read. */
export function writePrivate(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // The mode counts only when a file is made, so an existing one is replaced.
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600 });
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim();
}

function makeOnce(file: string, make: () => string): void {
  try {
    if (readFileSync(file, 'utf8').trim() !== '') return;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  writePrivate(file, `${make()}\n`);
}
