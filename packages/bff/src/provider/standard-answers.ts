import type { CustomFetch } from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { member, type Profile } from '../profiles/profile.ts';

/**
 * A fetch whose answers from the token endpoint are as RFC 6749 §5 has them, whatever the provider's own way: JSON, an
 * error with an error's status and a known code. JSON is asked for; what comes as a form all the same is read.
 */
export function standardAnswers(
  fetch: CustomFetch,
  { profile, protocol, endpoints }: Pick<ProviderSettings, 'profile' | 'protocol' | 'endpoints'>,
): CustomFetch {
  const token = endpoints.token === undefined ? undefined : new URL(endpoints.token).href;
  return async (url, options) => {
    if (url !== token) return fetch(url, options);
    const headers = { ...Object.fromEntries(new Headers(options.headers)), accept: 'application/json' };
    const response = await fetch(url, { ...options, headers });
    const text = await response.text();
    const answer = standardAnswer(profile, response.headers.get('content-type') ?? '', text);
    // What the answer cannot be read as is judged by whoever asked, as it came.
    if (answer === undefined) return new Response(text, response);
    if (protocol === 'oauth2') delete answer.id_token;
    const failed = answer.error !== undefined && response.status < 400;
    return Response.json(answer, { status: failed ? 400 : response.status, headers: retryAfter(response) });
  };
}

/** The members of an answer; undefined if it has none that can be read. */
function standardAnswer(
  profile: Profile,
  contentType: string,
  text: string,
): Record<string, unknown> | undefined {
  const members = contentType.includes('json') ? parsed(text) : formMembers(text);
  if (members === undefined) return undefined;
  const { error } = members;
  if (error === undefined) return { ...members, token_type: members.token_type ?? 'bearer' };
  const code = typeof error === 'string' ? error : profile.errorOf(error);
  if (code === undefined) return undefined;
  const own = member(error, 'message');
  return {
    ...members,
    error: Object.hasOwn(profile.errors, code) ? profile.errors[code] : code,
    ...(typeof own === 'string' ? { error_description: own } : {}),
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Of a form that is an answer of the token endpoint; a page is none. */
function formMembers(text: string): Record<string, unknown> | undefined {
  const members = Object.fromEntries(new URLSearchParams(text));
  return members.access_token !== undefined || members.error !== undefined ? members : undefined;
}

function retryAfter({ headers }: Response): Record<string, string> {
  const value = headers.get('retry-after');
  return value === null ? {} : { 'retry-after': value };
}
