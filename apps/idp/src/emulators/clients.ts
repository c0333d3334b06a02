import { createHash, timingSafeEqual } from 'node:crypto';
import type { Call } from './call.ts';
import type { EmulatedClient } from './emulator.ts';

/** The client that a request names, and whether it proved it by its secret. */
export interface PresentedClient<Client> {
  readonly client: Client | undefined;
  readonly proven: boolean;
}

/** Reads client id and secret from Basic authentication, from the body or from the query. */
export function presentedClient<Client extends EmulatedClient>(
  clients: readonly Client[],
  call: Call,
): PresentedClient<Client> {
  const [basicId, basicSecret] = basicCredentials(call);
  const id = basicId ?? call.form.get('client_id') ?? call.query.get('client_id');
  const secret = basicSecret ?? call.form.get('client_secret') ?? call.query.get('client_secret') ?? '';
  const client = clients.find(({ clientId }) => clientId === id);
  return { client, proven: client !== undefined && isSame(secret, client.clientSecret) };
}

/** Compares in constant time. */
export function isSame(actual: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(actual), hash(expected));
}

/** Id and secret are form-encoded inside (RFC 6749 §2.3.1). */
function basicCredentials({ headers }: Call): readonly (string | undefined)[] {
  const [, encoded] = /^basic +([\w+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (encoded === undefined) return [];
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s);
  const [decoded = ''] = new URLSearchParams(`${id}=`).keys();
  return [decoded, new URLSearchParams(`secret=${secret}`).get('secret') ?? ''];
}
