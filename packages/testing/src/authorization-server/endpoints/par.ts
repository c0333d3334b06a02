import { randomBytes } from 'node:crypto';
import { type Answer, jsonAnswer } from '../../scripting/answer.ts';
import { refuseUnknownClient } from '../client-authentication.ts';
import { proofOf, withNonce } from '../dpop.ts';
import type { Provider } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import { checkParameters } from './authorization-request.ts';
import { openRequestObject } from './request-object.ts';

/** Takes an authorization request from the client itself (RFC 9126 §2). */
export async function parEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  return withNonce(provider, await push(provider, request));
}

async function push(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const refusal = await refuseUnknownClient(provider, request);
  if (refusal) return refusal;
  const proof = await proofOf(provider, request);
  if (proof.kind === 'refused') return proof.answer;
  const params = new URLSearchParams(request.form);
  params.delete('client_secret');
  params.delete('client_assertion');
  params.delete('client_assertion_type');
  params.set('client_id', provider.settings.client.clientId);
  if (params.has('request_uri')) return jsonAnswer({ error: 'invalid_request' }, 400);
  const opened = await openRequestObject(provider, params);
  if ('refused' in opened) {
    return jsonAnswer({ error: 'invalid_request_object', error_description: opened.refused }, 400);
  }
  // RFC 9449 §10.1: the proof says as much as the parameter, and must not say anything else.
  if (proof.kind === 'proven') {
    if ((opened.get('dpop_jkt') ?? proof.jkt) !== proof.jkt) {
      return jsonAnswer({ error: 'invalid_dpop_proof', error_description: 'not the key of dpop_jkt' }, 400);
    }
    opened.set('dpop_jkt', proof.jkt);
  }
  request.authorization = opened;
  const checked = checkParameters(provider, opened);
  if (checked.kind === 'refused') {
    return jsonAnswer({ error: 'invalid_request', error_description: checked.reason }, 400);
  }
  if (checked.kind === 'error') return jsonAnswer({ error: checked.error }, 400);

  const requestUri = `urn:ietf:params:oauth:request_uri:${randomBytes(24).toString('base64url')}`;
  provider.pushed.set(requestUri, opened);
  const members = { request_uri: requestUri, expires_in: 60 };
  return jsonAnswer(await provider.changes.apply('parResponse', members), 201);
}
