import { Type } from 'typebox';
import { isProfileName, type ProfileName, profileOf } from '../../profiles/profiles.ts';
import { list, record } from '../input.ts';
import {
  type CertificatePair,
  certificatePairSchema,
  flawOfPair,
  type RenewableCertificate,
  renewableCertificate,
} from '../keys/certificate.ts';
import type { ConfigProblem } from '../problems.ts';

/** Who we are to the provider, and how we prove it. */
export const clientAuthenticationMembers = {
  clientId: Type.String({ description: 'client_id registered at the provider.', minLength: 1 }),
  clientSecret: Type.Optional(
    Type.String({ description: 'Secret of the client, for the client_secret_… methods.', minLength: 1 }),
  ),
  clientAuthentication: Type.Optional(
    Type.Union(
      [
        Type.Literal('client_secret_basic'),
        Type.Literal('client_secret_post'),
        Type.Literal('client_secret_jwt'),
        Type.Literal('private_key_jwt'),
        Type.Literal('tls_client_auth'),
        Type.Literal('self_signed_tls_client_auth'),
        Type.Literal('none'),
      ],
      {
        description:
          "How the client authenticates at the provider (OpenID Connect Core §9, RFC 8705 §2). Default: the profile's, else client_secret_basic.",
      },
    ),
  ),
  clientCertificate: Type.Optional(certificatePairSchema('this provider')),
  insecurePublicClient: Type.Optional(
    Type.Boolean({
      description:
        'INSECURE: allow clientAuthentication none. Whoever has a code or refresh token can use it without proof of being this client.',
      default: false,
    }),
  ),
};

export type ClientAuthenticationMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none';

export interface ClientAuthenticationSettings {
  readonly clientId: string;
  /** Null where the method has no secret. */
  readonly clientSecret: string | null;
  readonly clientAuthentication: ClientAuthenticationMethod;
  /** Shown at the provider's own endpoints alone; null where there is none. */
  readonly clientCertificate: RenewableCertificate | null;
}

export function clientAuthenticationSettings(input: {
  readonly profile?: ProfileName;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly clientAuthentication?: ClientAuthenticationMethod;
  readonly clientCertificate?: CertificatePair;
}): ClientAuthenticationSettings {
  return {
    clientId: input.clientId,
    clientSecret: input.clientSecret ?? null,
    clientAuthentication: input.clientAuthentication ?? profileOf(input.profile).clientAuthentication,
    clientCertificate: input.clientCertificate ? renewableCertificate(input.clientCertificate) : null,
  };
}

/** RFC 7518 §3.2: an HMAC key is as long as the hash. Bytes. */
const shortestHmacKey = 32;

/** @param clientKeys the option of that name, of any shape */
export function clientAuthenticationProblems(
  input: unknown,
  at: string,
  clientKeys: unknown,
): ConfigProblem[] {
  const { profile, clientSecret, clientCertificate, insecurePublicClient, ...written } = record(input);
  const { clientAuthentication: fallback, signsClientSecret } = profileOf(
    isProfileName(profile) ? profile : undefined,
  );
  const { clientAuthentication: method = fallback } = written;
  if (typeof method !== 'string') return [];
  const problems: ConfigProblem[] = [];
  const add = (name: string, problem: string, fix: string) => {
    problems.push({ key: `${at}.${name}`, problem, fix });
  };
  const usesSecret = method.startsWith('client_secret_');
  if (usesSecret && clientSecret === undefined && !signsClientSecret) {
    add('clientSecret', 'is missing.', `Write it, or choose another clientAuthentication than ${method}.`);
  }
  if (!usesSecret && clientSecret !== undefined) {
    add('clientSecret', `has no effect with clientAuthentication ${method}.`, 'Remove it.');
  }
  if (method === 'client_secret_jwt' && typeof clientSecret === 'string') {
    if (Buffer.byteLength(clientSecret) < shortestHmacKey) {
      add(
        'clientSecret',
        'is too short to sign with (RFC 7518 §3.2).',
        `Take one of ${shortestHmacKey} bytes or more.`,
      );
    }
  }
  if (method === 'private_key_jwt' && list(clientKeys).length === 0) {
    add(
      'clientAuthentication',
      'is private_key_jwt, but clientKeys is missing.',
      'Make a key with: coatcheck keys generate --client.',
    );
  }
  if (method.includes('tls_client_auth') && clientCertificate === undefined) {
    add('clientCertificate', 'is missing.', `${method} shows a certificate: write its cert and key.`);
  }
  const flaw = flawOfPair(clientCertificate);
  if (flaw !== null) {
    add('clientCertificate', flaw, 'Give PEM text: {"file": "…"} reads it from a file.');
  }
  if (method === 'none' && insecurePublicClient !== true) {
    const fix = 'Register a confidential client (RFC 10017 §6.1.3.1), or say insecurePublicClient: true.';
    add('clientAuthentication', 'is none: nothing would prove that requests come from this client.', fix);
  }
  if (method !== 'none' && insecurePublicClient === true) {
    add('insecurePublicClient', `has no effect with clientAuthentication ${method}.`, 'Remove it.');
  }
  return problems;
}
