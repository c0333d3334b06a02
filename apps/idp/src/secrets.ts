import { generateKeyPair, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JWK } from 'oidc-provider';

const newKeyPair = promisify(generateKeyPair);

/** What this server must keep to itself. */
export interface Secrets {
  /** RS256, private. */
  readonly signingKey: JWK;
  /** Sign the cookies; the first one signs, all verify. */
  readonly cookieKeys: readonly string[];
  /** Binds a form to the interaction that it belongs to. */
  readonly formKey: Buffer;
  /** The BFF's client secret; the BFF reads the same file. */
  readonly clientSecret: string;
}

/**
 * Reads the keys and the client secret from a directory, and makes what is missing: the directory with mode 700,
 * the files with mode 600.
 *
 * @throws where the directory cannot be written or a file is damaged; the message says what to do
 */
export async function loadSecrets(directory: string): Promise<Secrets> {
  makePrivate(directory);

  const keysFile = join(directory, 'keys.json');
  const keys = parseKeys(await readOrMake(keysFile, makeKeys));
  if (keys === undefined) throw new Error(`${keysFile} is damaged: delete it, and new keys are made`);

  const clientSecret = await loadClientSecret(directory, 'client-secret');
  const [cookieKey] = keys.cookieKeys;
  const formKey = Buffer.from(hkdfSync('sha256', cookieKey, '', 'coatcheck idp forms', 32));
  return { ...keys, formKey, clientSecret };
}

/**
 * Reads a client secret from a file of a directory, or makes it. The BFF reads the same file.
 *
 * @throws where the directory cannot be written or the file is damaged
 */
export async function loadClientSecret(directory: string, name: string): Promise<string> {
  makePrivate(directory);
  const file = join(directory, name);
  const secret = (await readOrMake(file, makeClientSecret)).trim();
  if (secret.length < 32) throw new Error(`${file} is damaged: delete it, and a new one is made`);
  return secret;
}

function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
}

async function makeKeys(): Promise<string> {
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  const signingKey = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
  return JSON.stringify({ signingKey, cookieKeys: [randomBytes(32).toString('base64url')] });
}

async function makeClientSecret(): Promise<string> {
  return `${randomBytes(32).toString('base64url')}\n`;
}

async function readOrMake(file: string, make: () => Promise<string>): Promise<string> {
  const found = read(file);
  if (found !== undefined) return found;
  // A file appears whole or not at all, and of two processes that start at once the first one wins.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, await make(), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (cause) {
    if (!isCode(cause, 'EEXIST')) throw cause;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8');
}

function read(file: string): string | undefined {
  try {
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function parseKeys(text: string): { signingKey: JWK; cookieKeys: [string, ...string[]] } | undefined {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || !isRecord(parsed.signingKey) || !Array.isArray(parsed.cookieKeys))
    return undefined;
  const [first, ...rest] = parsed.cookieKeys.filter((key) => typeof key === 'string' && key.length >= 32);
  if (first === undefined || parsed.signingKey.kty !== 'RSA') return undefined;
  return { signingKey: parsed.signingKey, cookieKeys: [first, ...rest] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
