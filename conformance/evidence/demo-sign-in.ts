import { createJar } from '@coatcheck/testing';

const longestWay = 12;

/** Signs in at the demo's authorization server and allows everything. @returns the callback, not opened yet */
export async function signInAtDemo(authorizationUrl: string, login = 'alice@example.test'): Promise<string> {
  const { origin } = new URL(authorizationUrl);
  const browser = createJar(origin);
  let answer = await browser.navigate(authorizationUrl, { site: 'cross-site' });
  for (let step = 0; step < longestWay; step += 1) {
    if (answer.location !== undefined) {
      const target = new URL(answer.location, origin);
      if (target.origin !== origin) return target.href;
      answer = await browser.navigate(target.href, { site: 'same-origin' });
      continue;
    }
    const page = await answer.text();
    const form = /<form[^>]*>/.exec(page)?.[0];
    if (form === undefined) throw new Error(`no form: ${answer.status} ${page.slice(-1_000)}`);
    const action = new URL(/action="([^"]+)"/.exec(form)?.[1] ?? '', answer.url).href;
    const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams();
    for (const [, name = '', value = ''] of hidden) body.set(name, value);
    const asksForPassword = page.includes('name="password"');
    const given = asksForPassword
      ? { login, password: 'coatcheck', decision: 'sign-in' }
      : { decision: 'allow' };
    for (const [name, value] of Object.entries(given)) body.set(name, value);
    answer = await browser.navigate(action, {
      method: 'POST',
      body,
      site: 'same-origin',
    });
  }
  throw new Error('the way through the demo has no end');
}
