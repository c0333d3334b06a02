import { createJar } from '@coatcheck/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { follow, post, type Rig, signIn, startRig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it('asks once, and remembers who signed in', async () => {
  const person = createJar(await rig.provider());
  await signIn(rig, createJar(rig.url), 'admin@example.test', person);
  const second = createJar(rig.url);
  const start = await second.navigate('/bff/login');
  const callback = await follow(person, await person.navigate(start.location ?? '', { site: 'cross-site' }));
  await second.navigate(callback.location ?? '', { site: 'cross-site' });
  expect(await (await second.fetch('/bff/session')).json()).toMatchObject({ roles: ['user', 'admin'] });

  // `prompt=login` wants to know again.
  const third = await createJar(rig.url).navigate('/bff/login?prompt=login');
  const page = await follow(person, await person.navigate(third.location ?? '', { site: 'cross-site' }));
  expect(await page.text()).toContain('Who signs in?');
});

it('signs out at the provider too, after a question, and comes back to the app', async () => {
  const jar = createJar(rig.url);
  const person = createJar(await rig.provider());
  await signIn(rig, jar, 'alice@example.test', person);
  const answer = await jar.fetch('/bff/logout', { method: 'POST', json: {} });
  const { redirectTo } = JSON.parse(await answer.text());
  const question = await person.navigate(redirectTo, { site: 'cross-site' });
  const text = await question.text();
  expect(text).toContain('Sign out here too?');
  const back = await post(person, text, { logout: 'yes' });
  expect(back.location).toContain(`${rig.url}/bff/logout/callback`);
  const home = await jar.navigate(back.location ?? '', { site: 'cross-site' });
  expect(home.status).toBe(303);
  expect(await (await jar.fetch('/bff/session')).json()).toEqual({ authenticated: false, reason: 'none' });
});

it('tells the app when somebody cancels, or is nobody it knows', async () => {
  for (const sub of ['', 'mallory@example.test']) {
    const jar = createJar(rig.url);
    const back = await signIn(rig, jar, sub);
    expect(back.headers.get('coatcheck-problem')).toBe('access_denied');
    expect(await (await jar.fetch('/bff/session')).json()).toMatchObject({ authenticated: false });
  }
});

it('shows pages that nobody can frame and that run nothing', async () => {
  const page = await createJar(await rig.provider()).navigate('/nothing/here');
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'none'; script-src;");
});
