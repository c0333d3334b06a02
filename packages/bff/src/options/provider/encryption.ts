import { Type } from 'typebox';
import { list, record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';

const contentAlgorithms = ['A256GCM', 'A128GCM', 'A256CBC-HS512', 'A128CBC-HS256'] as const;

type Wanted = 'accepted' | 'required';

function wanted(what: string) {
  return Type.Optional(
    Type.Union([Type.Literal('accepted'), Type.Literal('required')], {
      description: `${what} encrypted for a key of decryptionKeys (nested JWT): taken too, or the only way.`,
      default: 'accepted',
    }),
  );
}

/** What the provider signs and encrypts beyond the signature of an ID token. */
export const encryptionMembers = {
  idTokenEncryption: wanted('ID tokens'),
  userInfoEncryption: wanted('Userinfo answers'),
  contentEncryption: Type.Optional(
    Type.Array(
      // One by one: of a list that is mapped, no type comes out.
      Type.Union([
        Type.Literal('A256GCM'),
        Type.Literal('A128GCM'),
        Type.Literal('A256CBC-HS512'),
        Type.Literal('A128CBC-HS256'),
      ]),
      { description: `The enc algorithms accepted. Default: ${contentAlgorithms.join(' ')}.`, minItems: 1 },
    ),
  ),
  userInfoSigningAlg: Type.Optional(
    Type.String({
      description:
        'Userinfo answers must be JWTs signed with it. Default: JSON, or a JWT as the metadata says.',
      pattern: '^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$',
    }),
  ),
};

export interface EncryptionSettings {
  readonly idTokenEncryption: Wanted;
  readonly userInfoEncryption: Wanted;
  readonly contentEncryption: readonly string[];
  /** Null where the answer may be JSON. */
  readonly userInfoSigningAlg: string | null;
}

export function encryptionSettings(input: {
  readonly idTokenEncryption?: Wanted;
  readonly userInfoEncryption?: Wanted;
  readonly contentEncryption?: readonly string[];
  readonly userInfoSigningAlg?: string;
}): EncryptionSettings {
  return {
    idTokenEncryption: input.idTokenEncryption ?? 'accepted',
    userInfoEncryption: input.userInfoEncryption ?? 'accepted',
    contentEncryption: input.contentEncryption ?? contentAlgorithms,
    userInfoSigningAlg: input.userInfoSigningAlg ?? null,
  };
}

/** @param decryptionKeys the option of that name, of any shape */
export function encryptionProblems(input: unknown, at: string, decryptionKeys: unknown): ConfigProblem[] {
  const provider = record(input);
  const problems: ConfigProblem[] = [];
  const names = ['idTokenEncryption', 'userInfoEncryption', 'contentEncryption'];
  for (const name of list(decryptionKeys).length > 0 ? [] : names) {
    if (provider[name] === undefined) continue;
    const fix = 'Make a key with: coatcheck keys generate --client --alg ECDH-ES.';
    problems.push({ key: `${at}.${name}`, problem: 'is set, but decryptionKeys is missing.', fix });
  }
  for (const name of ['userInfoEncryption', 'userInfoSigningAlg']) {
    if (provider[name] === undefined || provider.userInfo === true) continue;
    problems.push({
      key: `${at}.${name}`,
      problem: 'has no effect: userinfo is not asked.',
      fix: 'Set userInfo: true, or remove it.',
    });
  }
  return problems;
}
