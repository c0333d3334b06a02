import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Type } from 'typebox';
import { isProfileName, profileOf } from '../../profiles/profiles.ts';
import { record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';

/** For a provider whose client secret is a short JWT that the client signs itself. */
export const clientSecretKeyMembers = {
  clientSecretKey: Type.Optional(
    Type.Object(
      {
        teamId: Type.String({ description: 'Id of the developer team: iss of the JWT.', minLength: 1 }),
        keyId: Type.String({ description: 'Id of the key: kid of the JWT.', minLength: 1 }),
        privateKey: Type.String({ description: 'The key, P-256, as PEM (PKCS#8).', minLength: 1 }),
      },
      {
        additionalProperties: false,
        description: 'In place of clientSecret, with profile apple: signs a new secret for each request.',
      },
    ),
  ),
};

/** Signs client secrets. */
export interface ClientSecretKey {
  readonly teamId: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

export interface ClientSecretKeySettings {
  /** Null where the client secret is a plain one, or none. */
  readonly clientSecretKey: ClientSecretKey | null;
}

export function clientSecretKeySettings(input: {
  readonly clientSecretKey?: { readonly teamId: string; readonly keyId: string; readonly privateKey: string };
}): ClientSecretKeySettings {
  const { clientSecretKey: written } = input;
  const privateKey = written && keyIn(written.privateKey);
  return { clientSecretKey: written && privateKey ? { ...written, privateKey } : null };
}

export function clientSecretKeyProblems(input: unknown, at: string): ConfigProblem[] {
  const { profile: name, clientSecret, clientSecretKey } = record(input);
  if (name !== undefined && !isProfileName(name)) return [];
  const key = `${at}.clientSecretKey`;
  if (!profileOf(name).signsClientSecret) {
    if (clientSecretKey === undefined) return [];
    return [{ key, problem: 'has no effect with this profile.', fix: 'Remove it.' }];
  }
  if (clientSecretKey === undefined) {
    const fix = 'Write teamId, keyId and privateKey; the client secret is made from them.';
    return clientSecret === undefined ? [{ key, problem: 'is missing.', fix }] : [];
  }
  const problems: ConfigProblem[] = [];
  if (clientSecret !== undefined) {
    problems.push({
      key: `${at}.clientSecret`,
      problem: 'stands beside clientSecretKey.',
      fix: 'Remove one.',
    });
  }
  const { privateKey } = record(clientSecretKey);
  if (typeof privateKey === 'string' && keyIn(privateKey) === undefined) {
    const fix = 'Give the text of the .p8 file: {"file": "…"} reads it from a file.';
    problems.push({ key: `${key}.privateKey`, problem: 'is no private key for ES256.', fix });
  }
  return problems;
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}
