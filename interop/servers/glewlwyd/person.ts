import { browserAt, type Person } from '../../person/person.ts';
import { credentials } from '../server.ts';
import { plugin, sessionCookie } from './administration.ts';

/**
 * Somebody at Glewlwyd, whose pages are a single-page app of its own: what that app calls is called here.
 *
 * @param clientId whose requests are granted
 */
export function glewlwydPerson(origin: string, clientId: string): Person {
  const jar = browserAt(origin);
  let passwordsTyped = 0;

  async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, json?: unknown) {
    const answer = await jar.fetch(path, { method, ...(json === undefined ? {} : { json }) });
    if (answer.status >= 400 && method !== 'GET') {
      throw new Error(`Glewlwyd: ${method} ${path}: ${answer.status} ${await answer.text()}`);
    }
    return answer;
  }

  return {
    get passwordsTyped() {
      return passwordsTyped;
    },
    frames: [],
    async signIn(authorizationUrl) {
      const asked = await jar.navigate(authorizationUrl, { site: 'cross-site' });
      const page = new URL(asked.location ?? '');
      if (page.origin !== origin) return page.href;
      const next = page.searchParams.get('callback_url');
      if (next === null) throw new Error(`no sign-in: ${page.href}`);
      if ((await call('GET', '/api/profile_list/')).status === 401) {
        passwordsTyped += 1;
        const { login: username, password } = credentials;
        await call('POST', '/api/auth/', { username, password });
        await call('PUT', `/api/auth/grant/${clientId}/`, { scope: 'openid' });
      }
      const sent = await jar.navigate(`${next}&g_continue`, { site: 'same-origin' });
      if (sent.location === undefined || new URL(sent.location).origin === origin) {
        throw new Error(`no sign-in: ${sent.status} ${sent.location} ${await sent.text()}`);
      }
      return sent.location;
    },
    async signOut(endSessionUrl) {
      const asked = await jar.navigate(endSessionUrl, { site: 'cross-site' });
      const page = new URL(asked.location ?? origin);
      const sid = page.searchParams.get('sid') ?? jar.cookie(sessionCookie);
      await call('DELETE', `/api/${plugin}/session/${sid}`);
      await call('DELETE', '/api/auth/');
      return page.searchParams.get('callback_url') ?? page.href;
    },
  };
}
