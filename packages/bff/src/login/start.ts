import type { FastifyReply, FastifyRequest } from 'fastify';
import { scopesAsked } from '../options/consents.ts';
import { sendProblem } from '../problems/answer.ts';
import { navigationRefusalOf } from '../ticket/guard.ts';
import { readQuery } from '../web/query.ts';
import { readReturnTo, withParameter } from '../web/return-to.ts';
import { aimOf } from './intent.ts';
import { countStart } from './loop-breaker.ts';
import { type Errand, type LoginParts, sendAway } from './send-away.ts';

/** What the browser may ask for; nothing else of its query reaches the provider. */
const passedOn = ['prompt', 'login_hint', 'ui_locales', 'acr_values', 'max_age'] as const;
/** The same, under whatever name the provider's profile knows it by. */
const organization = 'organization';
const longestParameter = 512;

/** `GET /bff/login`: remembers the transaction and sends the browser to the provider. */
export async function startLogin(
  parts: LoginParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { settings } = parts;
  const refusal = navigationRefusalOf(request.headers);
  if (refusal !== null)
    return sendProblem(request, reply, { code: 'navigation_required', privateDetail: refusal });

  const query = readQuery(request.raw.url ?? '', [
    'return_to',
    'provider',
    'on_error',
    'consent',
    organization,
    ...passedOn,
  ]);
  if (!query) return sendProblem(request, reply, { code: 'invalid_parameter' });
  const { publicUrl, basePath, paths } = settings;
  // A sign-in in a popup ends at a page of ours; nobody else returns to our routes.
  const returnTo =
    query.return_to === paths.callbackDone
      ? paths.callbackDone
      : readReturnTo(query.return_to ?? '/', publicUrl.origin, basePath);
  if (returnTo === undefined) return sendProblem(request, reply, { code: 'invalid_return_to' });
  const extra = parametersFrom(query);
  if (!extra) return sendProblem(request, reply, { code: 'invalid_parameter' });
  const aim = await aimOf(parts, request.headers, query);
  const provider = parts.providers.get(aim.provider ?? settings.providers[0]?.id ?? '');
  if (!provider) return sendProblem(request, reply, { code: 'unknown_provider' });

  const consent = query.consent || null;
  if (consent !== null && !Object.hasOwn(provider.settings.consents, consent)) {
    const privateDetail = 'the provider has no set of scopes of that name';
    return sendProblem(request, reply, { code: 'invalid_parameter', privateDetail });
  }

  const organizationParameter = provider.settings.profile.organizationParameter;
  if (extra.organization !== undefined && organizationParameter === null) {
    const privateDetail = 'the profile of the provider knows no organization';
    return sendProblem(request, reply, { code: 'invalid_parameter', privateDetail });
  }
  const { organization: wanted, ...others } = extra;
  const named = organizationParameter && wanted ? { [organizationParameter]: wanted } : {};
  return leave(parts, request, reply, {
    provider,
    intent: aim.intent,
    returnTo,
    errorsReturn: query.on_error === 'return',
    scopes: scopesAsked(provider.settings, aim.granted, consent),
    consent,
    extra: { ...others, ...named },
  });
}

/** Sends the browser to the provider, unless it comes round in a circle. */
export async function leave(
  parts: LoginParts,
  request: FastifyRequest,
  reply: FastifyReply,
  errand: Errand,
): Promise<FastifyReply> {
  const { settings, now } = parts;
  const { returnTo, errorsReturn } = errand;
  const start = countStart(request.headers, settings.cookies.starts, now());
  reply.header('set-cookie', start.cookie);
  if (start.loop) return sendProblem(request, reply, { code: 'login_loop', retryAfter: 10 });

  const sent = await sendAway(parts, request, errand);
  if (sent.ok) {
    reply.header('set-cookie', sent.cookies).header('cache-control', 'no-store');
    return reply.redirect(sent.url.href, request.method === 'POST' ? 303 : 302);
  }
  if (!errorsReturn) return sendProblem(request, reply, sent.problem, request.url);
  const location = withParameter(returnTo, 'login_error', sent.problem.code);
  return reply.header('cache-control', 'no-store').redirect(location, 303);
}

/** Those of the query that may pass; undefined where one is malformed. */
export function parametersFrom(query: Partial<Record<string, string>>): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const name of [...passedOn, organization]) {
    const value = query[name];
    if (value === undefined || value === '') continue;
    if (!/^[\x20-\x7e]+$/.test(value) || value.length > longestParameter) return undefined;
    found[name] = value;
  }
  if (found.max_age !== undefined && !/^\d{1,9}$/.test(found.max_age)) return undefined;
  return found;
}
