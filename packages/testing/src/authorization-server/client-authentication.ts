import { X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTVerifyOptions, jwtVerify } from 'jose';
import { type Answer, jsonAnswer } from '../scripting/answer.ts';
import { verifierOfClient } from './client-keys.ts';
import { type Provider, paths } from './provider.ts';
import type { RecordedRequest } from './requests.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Proof = NonNullable<RecordedRequest['client']>;

/**
 * Checks who calls (RFC 6749 §2.3): exactly one method, one that the settings allow, right credentials. Notes the
 * proof in the record, right or wrong.
 *
 * @returns the refusal, or undefined when the client is known
 */
export async function refuseUnknownClient(
  provider: Provider,
  request: RecordedRequest,
): Promise<Answer | undefined> {
  const proofs = [basicProof(request), postProof(request), assertionProof(provider, request)].filter(
    (proof) => proof !== undefined,
  );
  const proof = proofs[0] ?? certificateProof(provider, request) ?? idAlone(provider, request);
  if (proof === undefined) return invalidClient('no client authentication');
  request.client = proof;
  if (proofs.length > 1)
    return jsonAnswer({ error: 'invalid_request', error_description: 'two methods' }, 400);

  const { client, clientAuthentication } = provider.settings;
  if (!clientAuthentication.includes(proof.method)) return invalidClient(`${proof.method} is not allowed`);
  if (proof.clientId !== client.clientId) return invalidClient('unknown client');
  const named = request.form.get('client_id');
  if (named !== null && named !== proof.clientId)
    return invalidClient('client_id contradicts the credentials');
  switch (proof.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return proof.clientSecret === client.clientSecret ? undefined : invalidClient('wrong secret');
    case 'client_secret_jwt':
    case 'private_key_jwt':
      return refuseAssertion(provider, request, proof.method);
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return refuseCertificate(provider, request, proof.method);
    case 'none':
      return undefined;
  }
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are put into the header. */
function basicProof(request: RecordedRequest): Proof | undefined {
  const [scheme, credentials] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || credentials === undefined) return undefined;
  const [clientId = '', ...rest] = Buffer.from(credentials, 'base64').toString().split(':');
  return {
    method: 'client_secret_basic',
    clientId: formDecode(clientId),
    clientSecret: formDecode(rest.join(':')),
  };
}

function postProof({ form }: RecordedRequest): Proof | undefined {
  const clientSecret = form.get('client_secret');
  if (clientSecret === null) return undefined;
  return { method: 'client_secret_post', clientId: form.get('client_id') ?? '', clientSecret };
}

function assertionProof(provider: Provider, { form }: RecordedRequest): Proof | undefined {
  const assertion = form.get('client_assertion');
  if (assertion === null) return undefined;
  provider.canaries.add({ kind: 'client_assertion', value: assertion });
  try {
    const method = decodeProtectedHeader(assertion).alg?.startsWith('HS')
      ? 'client_secret_jwt'
      : 'private_key_jwt';
    return { method, clientId: decodeJwt(assertion).sub ?? '' };
  } catch {
    return { method: 'private_key_jwt', clientId: '' };
  }
}

/** RFC 8705 §2: the certificate proves, `client_id` says whose it is. */
function certificateProof({ settings }: Provider, request: RecordedRequest): Proof | undefined {
  const method = settings.clientAuthentication.find(
    (one) => one === 'tls_client_auth' || one === 'self_signed_tls_client_auth',
  );
  if (method === undefined || request.certificate === undefined) return undefined;
  return { method, clientId: request.form.get('client_id') ?? '' };
}

function idAlone({ settings }: Provider, { form }: RecordedRequest): Proof | undefined {
  const clientId = form.get('client_id');
  if (clientId === null || !settings.clientAuthentication.includes('none')) return undefined;
  return { method: 'none', clientId };
}

/** RFC 7523 §3. */
async function refuseAssertion(
  provider: Provider,
  { form }: RecordedRequest,
  method: 'client_secret_jwt' | 'private_key_jwt',
): Promise<Answer | undefined> {
  const { client } = provider.settings;
  if (form.get('client_assertion_type') !== assertionType)
    return invalidClient('wrong client_assertion_type');
  const assertion = form.get('client_assertion') ?? '';
  const options: JWTVerifyOptions = {
    issuer: client.clientId,
    subject: client.clientId,
    audience: [provider.issuer, `${provider.issuer}${paths.token}`],
    requiredClaims: ['exp', 'jti'],
    currentDate: new Date(provider.now() * 1000),
    clockTolerance: 30,
  };
  try {
    const { payload } =
      method === 'client_secret_jwt'
        ? await jwtVerify(assertion, Buffer.from(client.clientSecret), options)
        : await jwtVerify(assertion, await verifierOfClient(client), options);
    const jti = String(payload.jti);
    if (provider.assertions.has(jti)) return invalidClient('client assertion used twice');
    provider.assertions.add(jti);
    return undefined;
  } catch (error) {
    return invalidClient(`bad client assertion: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** RFC 8705 §2.1, §2.2: the very certificate that is registered, or one with its subject. */
function refuseCertificate(
  { settings }: Provider,
  { certificate }: RecordedRequest,
  method: 'tls_client_auth' | 'self_signed_tls_client_auth',
): Answer | undefined {
  const { certificate: pem } = settings.client;
  const registered = pem === undefined ? undefined : new X509Certificate(pem);
  const same =
    method === 'tls_client_auth'
      ? registered?.subject === certificate?.subject
      : registered?.fingerprint256 === certificate?.fingerprint256;
  return registered && same ? undefined : invalidClient('another certificate');
}

function invalidClient(description: string): Answer {
  return jsonAnswer({ error: 'invalid_client', error_description: description }, 401, {
    'www-authenticate': 'Basic realm="coatcheck-testing"',
  });
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
