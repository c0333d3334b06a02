import { framesIn, refreshIn } from '../../person/forms.ts';
import { browserAt, type Person, walk } from '../../person/person.ts';
import { credentials } from '../server.ts';

const app = 'http://sign-in.invalid';

/** The pages of the program beside Hydra, which is played here: nobody opens them. */
export const pages = {
  login: `${app}/login`,
  consent: `${app}/consent`,
  logout: `${app}/logout`,
  signedOut: `${app}/signed-out`,
} as const;

/** Somebody at Hydra, and the program that signs them in, by its administration API. */
export function hydraPerson(origin: string, administration: string): Person {
  const jar = browserAt(origin);
  const frames: string[] = [];
  let passwordsTyped = 0;

  async function ask(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${administration}/oauth2/auth/requests/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`Hydra: ${path}: ${answer.status} ${await answer.text()}`);
    const value: unknown = await answer.json();
    return typeof value === 'object' && value !== null ? { ...value } : {};
  }

  /** What the program does with a person who is sent to one of its pages. @returns where it sends them */
  async function play(page: URL): Promise<string> {
    const kind = page.pathname.slice(1);
    const challenge = `${kind}_challenge=${encodeURIComponent(page.searchParams.get(`${kind}_challenge`) ?? '')}`;
    const asked = await ask('GET', `${kind}?${challenge}`);
    if (kind === 'login' && asked.skip !== true) passwordsTyped += 1;
    const answers: Readonly<Record<string, unknown>> = {
      login: { subject: credentials.login, remember: true, remember_for: 3_600 },
      consent: {
        grant_scope: asked.requested_scope,
        remember: true,
        session: { id_token: { email: credentials.login, name: 'Alice' } },
      },
      logout: {},
    };
    return String((await ask('PUT', `${kind}/accept?${challenge}`, answers[kind])).redirect_to);
  }

  async function follow(start: string): Promise<string> {
    let next = start;
    for (let step = 0; step < 10; step += 1) {
      const end = await walk(jar, next, () => undefined);
      if ('page' in end) frames.push(...framesIn(end.page));
      const left = 'page' in end ? refreshIn(end.page) : end.left;
      if (left === undefined) return 'page' in end ? end.page : '';
      const page = new URL(left);
      if (page.origin !== app || page.href.startsWith(pages.signedOut)) return left;
      next = await play(page);
    }
    throw new Error(`the way from ${new URL(start).pathname} has no end`);
  }

  return {
    get passwordsTyped() {
      return passwordsTyped;
    },
    frames,
    signIn: follow,
    signOut: follow,
  };
}
