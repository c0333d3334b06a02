import type { Flow } from '../observe/flow.ts';
import { placeholder } from '../observe/masking.ts';
import type { Call } from './admission.ts';
import type { Origin } from './upstream/origins.ts';

/** For diagnostics: a call as the browser made it. */
export function tellOfCall(flow: Flow, session: string, { request }: Call): void {
  flow.tell(session, {
    from: 'browser',
    to: 'bff',
    kind: 'api-call',
    line: `${request.method} ${pathOf(request.raw.url ?? '')}`,
    fields: [
      ['Cookie', placeholder(request.headers.cookie ?? '')],
      ['Sec-Fetch-Site', String(request.headers['sec-fetch-site'] ?? '')],
    ],
  });
}

/** For diagnostics: the call as it goes on from here, for the first time or once more. */
export function tellOfForwarding(
  flow: Flow,
  session: string,
  { request, path }: Call,
  { settings }: Origin,
  headers: readonly string[],
): void {
  flow.tell(session, {
    from: 'bff',
    to: 'api',
    kind: 'forwarded-call',
    line: `${request.method} ${pathOf(path)}`,
    fields: [['Host', settings.host], ...credentialsIn(headers)],
  });
}

/** For diagnostics: an answer of the API, which goes on to the browser. */
export function tellOfAnswer(flow: Flow, session: string, status: number): void {
  flow.tell(session, { from: 'api', to: 'bff', kind: 'api-answer', line: String(status), fields: [] });
  flow.tell(session, { from: 'bff', to: 'browser', kind: 'call-answer', line: String(status), fields: [] });
}

/** For diagnostics: the API refused the token, which the browser does not hear of where there is a newer one. */
export function tellOfRefusal(flow: Flow, session: string): void {
  const fields: [string, string][] = [['WWW-Authenticate', 'error="invalid_token"']];
  flow.tell(session, { from: 'api', to: 'bff', kind: 'api-answer', line: '401', fields });
}

/** The scheme alone is shown. */
function credentialsIn(headers: readonly string[]): [string, string][] {
  const shown: [string, string][] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name = '', value = ''] = [headers[i], headers[i + 1]];
    const [scheme = '', rest = ''] = value.split(' ', 2);
    if (name === 'authorization') shown.push(['Authorization', `${scheme} ${placeholder(rest)}`]);
    if (name === 'dpop') shown.push(['DPoP', placeholder(value)]);
  }
  return shown;
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}
