import type { ProviderView } from '@coatcheck/protocol';
import { parseProviders, parseRedirect } from './answers.ts';
import { type Ask, jsonOf, orThrow } from './ask.ts';
import { unexpectedAnswer } from './errors.ts';
import { returnPath } from './login-url.ts';
import type { Page } from './page.ts';

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

/** @param onChanged told after an account was taken out */
export function createConnections(
  ask: Ask,
  page: Page,
  paths: { readonly providers: string; readonly connections: string },
  onChanged: () => Promise<unknown>,
): Connections {
  const pathOf = (provider: string) => `${paths.connections}/${encodeURIComponent(provider)}`;
  return {
    async providers() {
      const answer = orThrow(await ask(paths.providers, {}));
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
      await onChanged();
    },
  };
}
