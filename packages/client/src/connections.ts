import { type ProviderView, pathsUnder } from '@coatcheck/protocol';
import { parseRedirect } from './answers.ts';
import { createAsk, jsonOf, orThrow } from './ask.ts';
import type { SessionClient } from './contract.ts';
import { unexpectedAnswer } from './errors.ts';
import { isRecord } from './json.ts';
import { returnPath } from './login-url.ts';

/** Accounts of several providers in one session. */
export interface Connections {
  /**
   * The providers at which a person can sign in, or have an account to connect; `session.connections` names those that
   * the session has.
   *
   * @throws CoatcheckError why there was no answer
   */
  providers(): Promise<ProviderView[]>;
  /**
   * Leaves this page to connect an account of another provider to the session, and comes back to it. The session goes
   * on, and the account that signed the person in stays who they are.
   *
   * @param returnTo a path on this origin. Default: the current page
   * @throws CoatcheckError where the server does not start it
   */
  connect(provider: string, returnTo?: string): Promise<void>;
  /**
   * Takes a connected account out of the session; one that is not there is fine.
   *
   * @throws CoatcheckError where the server did not do it
   */
  disconnect(provider: string): Promise<void>;
}

/**
 * The accounts that a client's session can hold.
 *
 * @example
 * await connections(client).connect('github');
 */
export function connections(client: SessionClient): Connections {
  const ask = createAsk(client.fetch);
  const { page, renew } = client.inside;
  const paths = pathsUnder(client.basePath);
  const pathOf = (provider: string) => `${paths.connections}/${encodeURIComponent(provider)}`;
  return {
    async providers() {
      const answer = orThrow(await ask(paths.providers));
      return orThrow(parseProviders(await jsonOf(answer)) ?? unexpectedAnswer(answer.status));
    },
    async connect(provider, returnTo) {
      const body = { return_to: returnTo ?? returnPath(page.here()) };
      const answer = orThrow(await ask(pathOf(provider), { method: 'POST', body }));
      const target = parseRedirect(await jsonOf(answer), page.origin);
      page.go(orThrow(target ?? unexpectedAnswer(answer.status)));
    },
    async disconnect(provider) {
      orThrow(await ask(pathOf(provider), { method: 'DELETE' }));
      await renew();
    },
  };
}

/** Reads the body of `GET /bff/providers`; null where it is anything else. */
function parseProviders(body: unknown): ProviderView[] | null {
  if (!Array.isArray(body)) return null;
  return body.flatMap((entry: unknown) => {
    const { id, label, loginUrl, default: isDefault } = isRecord(entry) ? entry : {};
    if (typeof id !== 'string' || typeof label !== 'string' || typeof loginUrl !== 'string') return [];
    return [{ id, label, default: isDefault === true, loginUrl }];
  });
}
