import { authenticate, userBySub } from '../accounts/users.ts';
import { signInPage } from '../pages/sign-in.ts';
import { passwordAcr } from '../provider/configuration.ts';
import type { OpenInteraction, Outcome } from './interaction.ts';

const longestLogin = 254;
const longestPassword = 1024;

/** The sign-in page as it first appears: with the client's hint, else with whoever is asked to sign in again. */
export function showSignIn({ details, clientName, token }: OpenInteraction): string {
  const hint = details.params.login_hint;
  const known = userBySub(details.session?.accountId)?.email ?? '';
  const login = typeof hint === 'string' ? hint.slice(0, longestLogin) : known;
  return signInPage({ clientName, token, login });
}

/** Takes login and password. A wrong one says nothing about which of the two was wrong. */
export async function trySignIn(
  { clientName, token }: OpenInteraction,
  fields: URLSearchParams,
): Promise<Outcome> {
  const login = (fields.get('login') ?? '').slice(0, longestLogin);
  const password = fields.get('password') ?? '';
  const again = (status: number, problem: string): Outcome => ({
    kind: 'again',
    status,
    page: signInPage({ clientName, token, login, problem }),
  });

  if (login.trim() === '' || password === '')
    return again(422, 'Enter your e-mail address and your password.');
  const user = password.length > longestPassword ? undefined : await authenticate(login, password);
  if (user === undefined) return again(401, 'E-mail address or password is wrong.');
  return { kind: 'done', result: { login: { accountId: user.sub, acr: passwordAcr, amr: ['pwd'] } } };
}
