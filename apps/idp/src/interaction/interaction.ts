import type { Interaction, InteractionResults, Provider } from 'oidc-provider';
import type { Log } from '../log.ts';
import type { ConsentStore } from '../store/consents.ts';

export interface InteractionParts {
  readonly provider: Provider;
  readonly consents: ConsentStore;
  readonly formKey: Buffer;
  readonly publicUrl: string;
  readonly log: Log;
}

/** What a form that was posted leads to: the answer to the provider, or a page that asks again. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: InteractionResults }
  | { readonly kind: 'again'; readonly status: number; readonly page: string };

/** An interaction that belongs to this browser, with the words for its page. */
export interface OpenInteraction {
  readonly details: Interaction;
  readonly clientId: string;
  readonly clientName: string;
  readonly token: string;
}

/** What the user answers when they do not want to go on (OpenID Connect Core §3.1.2.6). */
export const denied: Outcome = {
  kind: 'done',
  result: { error: 'access_denied', error_description: 'the user denied the request' },
};
