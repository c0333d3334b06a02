import { createJar, type Jar } from '@coatcheck/testing';

/** The `Cookie` field of a signed-in browser. */
export function cookieHeader(jar: Jar): string {
  return [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
}

/**
 * Signs in as a browser would: the login page, the authorization server, which signs everybody in at once, and back.
 *
 * @param origin of the application
 * @throws if one of the steps does not redirect
 */
export async function signIn(origin: string, loginPath: string): Promise<Jar> {
  const jar = createJar(origin);
  const toProvider = redirectOf('login', (await jar.navigate(loginPath)).headers);
  const answer = await fetch(toProvider, { redirect: 'manual' });
  await answer.arrayBuffer();
  const back = redirectOf('authorize', answer.headers);
  redirectOf('callback', (await jar.navigate(back, { site: 'cross-site' })).headers);
  return jar;
}

function redirectOf(step: string, headers: Headers): string {
  const location = headers.get('location');
  if (location === null) throw new Error(`signing in failed: ${step} did not redirect`);
  return location;
}
