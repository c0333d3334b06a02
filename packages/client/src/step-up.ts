import { connections } from './connections.ts';
import type { SessionClient } from './contract.ts';
import { CoatcheckError } from './errors.ts';
import type { LoginOptions } from './login-url.ts';

/** What a person can do at a provider so that a refused call passes afterwards. */
export type StepUp =
  /** Sign in again, more strongly or just now (RFC 9470). */
  | {
      kind: 'sign-in';
      provider: string | undefined;
      acrValues: string | undefined;
      /** Seconds. */
      maxAge: number | undefined;
    }
  /** Allow more, which the server knows by a name. */
  | { kind: 'consent'; provider: string | undefined; consent: string; scopes: string[] }
  /** Connect an account of a provider to the session. */
  | { kind: 'connection'; provider: string };

/** What the person can do so that the call which failed by this error passes; undefined where no sign-in mends it. */
export function stepUpOf(error: unknown): StepUp | undefined {
  if (!(error instanceof CoatcheckError)) return undefined;
  const { members = {} } = error;
  const provider = textOf(members.provider);
  const consent = textOf(members.consent);
  const { max_age: maxAge } = members;
  switch (error.code) {
    case 'step_up_required':
      return {
        kind: 'sign-in',
        provider,
        acrValues: textOf(members.acr_values),
        maxAge: typeof maxAge === 'number' ? maxAge : undefined,
      };
    case 'insufficient_scope': {
      const scopes = textOf(members.scope)?.split(' ').filter(Boolean) ?? [];
      return consent === undefined ? undefined : { kind: 'consent', provider, consent, scopes };
    }
    case 'connection_required':
      return provider === undefined ? undefined : { kind: 'connection', provider };
    default:
      return undefined;
  }
}

/**
 * Leaves this page for what a refused call needs, and comes back to it; what fails there comes back as `login_error`
 * in the query. Keep what was typed first: the page is loaded anew.
 *
 * @param returnTo a path on this origin. Default: the current page
 * @throws CoatcheckError where the server does not start it
 * @example
 * catch (error) {
 *   const step = stepUpOf(error);
 *   if (step) await stepUp(client, step);
 * }
 */
export async function stepUp(client: SessionClient, step: StepUp, returnTo?: string): Promise<void> {
  if (step.kind === 'connection') return connections(client).connect(step.provider, returnTo);
  client.login(loginOf(step, returnTo));
}

/** The sign-in that a step-up asks for; what fails comes back to the page, which knows what it was for. */
function loginOf(step: Exclude<StepUp, { kind: 'connection' }>, returnTo?: string): LoginOptions {
  const { provider } = step;
  return step.kind === 'consent'
    ? { provider, returnTo, onError: 'return', consent: step.consent }
    : { provider, returnTo, onError: 'return', acrValues: step.acrValues, maxAge: step.maxAge };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
