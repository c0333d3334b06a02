import type { FastifyReply, FastifyRequest } from 'fastify';
import { scopesAsked } from '../options/consents.ts';
import { sendProblem } from '../problems/answer.ts';
import { navigationRefusalOf } from '../ticket/guard.ts';
import { formText, readForm, readQuery } from '../web/query.ts';
import { readReturnTo } from '../web/return-to.ts';
import type { LoginParts } from './send-away.ts';
import { leave, parametersFrom } from './start.ts';

const names = ['iss', 'login_hint', 'target_link_uri'] as const;

/**
 * `GET` and `POST /bff/initiate-login`: somebody else, such as a portal of the provider, sends a person to sign in
 * (OpenID Connect Core §4). Only the hint and an address of our own are taken from there.
 */
export async function initiateLogin(
  parts: LoginParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { origin } = parts.settings.publicUrl;
  const refusal = navigationRefusalOf(request.headers);
  if (refusal !== null)
    return sendProblem(request, reply, { code: 'navigation_required', privateDetail: refusal });

  const form = request.method === 'POST' ? formText(request.body) : undefined;
  const asked = form === undefined ? readQuery(request.raw.url ?? '', names) : readForm(form, names);
  if (!asked || (request.method === 'POST' && form === undefined))
    return sendProblem(request, reply, { code: 'invalid_parameter' });
  const { iss, target_link_uri: target = origin } = asked;
  const provider = [...parts.providers.values()].find(({ settings }) => settings.issuerName === iss);
  if (!provider) {
    const privateDetail = 'iss is the issuer of no provider';
    return sendProblem(request, reply, { code: 'invalid_parameter', privateDetail });
  }
  const path = target === origin ? '/' : target.startsWith(`${origin}/`) ? target.slice(origin.length) : '';
  const returnTo = readReturnTo(path, origin, parts.settings.basePath);
  if (returnTo === undefined) return sendProblem(request, reply, { code: 'invalid_return_to' });
  const extra = parametersFrom({ login_hint: asked.login_hint });
  if (!extra) return sendProblem(request, reply, { code: 'invalid_parameter' });

  return leave(parts, request, reply, {
    provider,
    intent: { kind: 'sign-in' },
    returnTo,
    errorsReturn: false,
    scopes: scopesAsked(provider.settings, [], null),
    consent: null,
    extra,
  });
}
