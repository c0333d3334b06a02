/** A browser at an emulated provider: the cookie that it got there. */
export interface Visitor {
  cookie: string | undefined;
}

/**
 * Goes through the pages of an emulated provider as a person does who allows everything.
 *
 * @param authorizationUrl where the BFF sent the browser
 * @param account text of the account's button
 * @returns the callback URL, not opened yet
 */
export async function visitProvider(
  authorizationUrl: string,
  account: string,
  visitor: Visitor = { cookie: undefined },
): Promise<string> {
  const { origin } = new URL(authorizationUrl);
  const headers = () => (visitor.cookie === undefined ? {} : { cookie: visitor.cookie });
  let answer = await fetch(authorizationUrl, { redirect: 'manual', headers: headers() });
  for (let pages = 0; pages < 3; pages += 1) {
    visitor.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? visitor.cookie;
    const location = answer.headers.get('location');
    if (location !== null) return location;
    const page = await answer.text();
    const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
    if (request === undefined) throw new Error(`no form at ${origin}: ${answer.status} ${page.slice(-400)}`);
    const body = new URLSearchParams({ request });
    if (page.includes('name="account"')) body.append('account', account);
    else body.append('decision', 'allow');
    for (const [, name = ''] of page.matchAll(/name="scope" value="([^"]+)"/g)) body.append('scope', name);
    answer = await fetch(`${origin}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: headers(),
      body,
    });
  }
  throw new Error(`too many pages at ${origin}`);
}
