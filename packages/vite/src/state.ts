import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from 'oidc-provider';

/** What a project keeps between two starts, so that people stay signed in. */
export interface Secrets {
  /** Root key of the BFF. */
  readonly key: string;
  /** Of the embedded provider: RS256, private. */
  readonly signingKey: JWK;
  readonly cookieKey: string;
  readonly clientSecret: string;
}

/**
 * Reads the secrets of a project from a folder, or makes them: the folder with mode 700, the file with 600. A file that
 * cannot be read is replaced; nothing is lost with it but sign-ins.
 */
export function keepSecrets(directory: string): Secrets {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'secrets.json');
  const kept = parse(read(file));
  if (kept !== undefined) return kept;
  const made = makeSecrets();
  writeWhole(file, JSON.stringify(made));
  return made;
}

/** The port that the embedded provider had last, so that its issuer stays the same. */
export function lastPort(directory: string): number | undefined {
  const port = Number(read(join(directory, 'provider-port')));
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

export function rememberPort(directory: string, port: string): void {
  writeWhole(join(directory, 'provider-port'), port);
}

function makeSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = () => randomBytes(32).toString('base64url');
  return {
    key: secret(),
    signingKey: { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' },
    cookieKey: secret(),
    clientSecret: secret(),
  };
}

function parse(text: string): Secrets | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null) return undefined;
    if (!('key' in kept) || !('signingKey' in kept) || !('cookieKey' in kept) || !('clientSecret' in kept))
      return undefined;
    const { key, signingKey, cookieKey, clientSecret } = kept;
    if (typeof key !== 'string' || typeof cookieKey !== 'string' || typeof clientSecret !== 'string')
      return undefined;
    if (typeof signingKey !== 'object' || signingKey === null) return undefined;
    return { key, signingKey: { kty: 'RSA', ...signingKey }, cookieKey, clientSecret };
  } catch {
    return undefined;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A file appears whole or not at all. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
}
