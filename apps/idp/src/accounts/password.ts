import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** A password as it is kept: salt and scrypt key, both base64url. */
export interface PasswordHash {
  readonly salt: string;
  readonly key: string;
}

/** Compares a password with its hash; takes the same time whether it matches or not. */
export async function passwordMatches(password: string, hash: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(hash.key, 'base64url');
  const actual = await derive(password, Buffer.from(hash.salt, 'base64url'), expected.length);
  return timingSafeEqual(actual, expected);
}
