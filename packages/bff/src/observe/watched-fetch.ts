import type { FlowKind } from '@coatcheck/protocol';
import type { Flow } from './flow.ts';
import { placeholder, shownMembers, shownParameters } from './masking.ts';

const byGrant: Readonly<Record<string, FlowKind>> = {
  authorization_code: 'code-exchange',
  refresh_token: 'refresh',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'assertion',
};

const largestAnswer = 65_536;

/** The same fetch, of whose requests and answers the flow is told. For diagnostics alone: it reads small answers twice. */
export function watchedFetch(fetch: typeof globalThis.fetch, flow: Flow): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const form = init?.body instanceof URLSearchParams ? init.body : new URLSearchParams(textOf(init?.body));
    const kind = kindOf(url, form, init?.method ?? 'GET');
    flow.note({
      from: 'bff',
      to: 'authorization-server',
      kind,
      line: `${init?.method ?? 'GET'} ${url.pathname}`,
      fields: [
        ['Host', url.host],
        ...authorizationOf(new Headers(init?.headers)),
        ...shownParameters(url.searchParams),
        ...shownParameters(form),
      ],
    });
    const answer = await fetch(input, init);
    flow.note({
      from: 'authorization-server',
      to: 'bff',
      kind,
      line: String(answer.status),
      fields: kind === 'metadata' ? [] : await membersOf(answer.clone()),
    });
    return answer;
  };
}

function kindOf(url: URL, form: URLSearchParams, method: string): FlowKind {
  const grant = byGrant[form.get('grant_type') ?? ''];
  if (grant) return grant;
  if (/well-known|jwks|certs|keys/i.test(url.pathname)) return 'metadata';
  if (form.has('token') || method === 'DELETE') return 'revocation';
  if (form.has('response_type') || form.has('request')) return 'pushed-request';
  return method === 'GET' ? 'userinfo' : 'other';
}

/** The scheme alone: how the client proves who it is. */
function authorizationOf(headers: Headers): [string, string][] {
  const [scheme = '', ...credentials] = (headers.get('authorization') ?? '').split(' ');
  const proof = headers.get('dpop');
  return [
    ...(scheme === '' ? [] : [['Authorization', `${scheme} ${placeholder(credentials.join(' '))}`]]),
    ...(proof === null ? [] : [['DPoP', placeholder(proof)]]),
  ] as [string, string][];
}

async function membersOf(answer: Response): Promise<[string, string][]> {
  const length = Number(answer.headers.get('content-length') ?? 0);
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  if (!isJson || length > largestAnswer) {
    await answer.body?.cancel();
    return [];
  }
  try {
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of answer.body ?? []) {
      text += decoder.decode(part, { stream: true });
      if (text.length > largestAnswer) return [];
    }
    return shownMembers(JSON.parse(text));
  } catch {
    return [];
  }
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : '';
}
