/** A client that asks about tokens, or withdraws them. */
export interface Caller {
  readonly id: string;
  readonly secret: string;
}

/** Asks a server whether an access token is active (RFC 7662). */
export async function introspects(endpoint: string, token: string, caller?: Caller): Promise<boolean> {
  return (await introspection(endpoint, token, caller)).active === true;
}

/** What a server says of an access token. */
export async function introspection(
  endpoint: string,
  token: string,
  caller?: Caller,
): Promise<Readonly<Record<string, unknown>>> {
  const said: unknown = await (await post(endpoint, token, caller)).json();
  return typeof said === 'object' && said !== null ? { ...said } : {};
}

/** Withdraws a token (RFC 7009). */
export async function revokes(endpoint: string, token: string, caller: Caller): Promise<void> {
  await post(endpoint, token, caller);
}

async function post(endpoint: string, token: string, caller: Caller | undefined): Promise<Response> {
  const basic = caller && Buffer.from(`${caller.id}:${caller.secret}`).toString('base64');
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: basic === undefined ? {} : { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ token }),
  });
  if (!answer.ok) throw new Error(`${endpoint}: ${answer.status} ${await answer.text()}`);
  return answer;
}
