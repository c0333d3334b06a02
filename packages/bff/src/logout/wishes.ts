import { formText, readForm } from '../web/query.ts';

/** What a sign-out asks for. */
export interface LogoutWishes {
  /** Leave the provider's session alone. */
  readonly local: boolean;
  /** End all of the user's sessions. */
  readonly everywhere: boolean;
  readonly returnTo: string | undefined;
}

/**
 * Reads the body of a sign-out: nothing, JSON, or a form.
 *
 * @returns undefined for anything else
 */
export function readWishes(body: unknown): LogoutWishes | undefined {
  if (body === undefined || body === null) return { local: false, everywhere: false, returnTo: undefined };
  const text = formText(body);
  if (text !== undefined) {
    const form = readForm(text, ['local', 'everywhere', 'return_to']);
    return (
      form && {
        local: form.local === 'true',
        everywhere: form.everywhere === 'true',
        returnTo: form.return_to,
      }
    );
  }
  if (typeof body !== 'object' || Array.isArray(body)) return undefined;
  const { local = false, everywhere = false, return_to: returnTo } = body as Record<string, unknown>;
  if (typeof local !== 'boolean' || typeof everywhere !== 'boolean') return undefined;
  if (returnTo !== undefined && typeof returnTo !== 'string') return undefined;
  return { local, everywhere, returnTo };
}
