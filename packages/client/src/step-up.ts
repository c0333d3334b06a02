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

/** Reads what a problem says of a sign-in that helps; undefined where none does. @param members of its body */
export function stepUpIn(code: string, members: Record<string, unknown>): StepUp | undefined {
  const provider = textOf(members.provider);
  const consent = textOf(members.consent);
  const { max_age: maxAge } = members;
  switch (code) {
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

/** The sign-in that a step-up asks for; what fails comes back to the page, which knows what it was for. */
export function loginOf(step: Exclude<StepUp, { kind: 'connection' }>, returnTo?: string): LoginOptions {
  const { provider } = step;
  return step.kind === 'consent'
    ? { provider, returnTo, onError: 'return', consent: step.consent }
    : { provider, returnTo, onError: 'return', acrValues: step.acrValues, maxAge: step.maxAge };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
