import type { ErrorOut } from 'oidc-provider';
import { messagePage } from './message.ts';

const titles: Readonly<Record<string, string>> = {
  access_denied: 'Access was denied',
  invalid_client: 'The app is not known here',
  invalid_redirect_uri: 'The app wants to return to an address that is not registered',
  not_found: 'There is no such page',
  server_error: 'Something went wrong',
};

/** The page for a protocol error that cannot be told the client by a redirect. */
export function errorPage({ error, error_description: description }: ErrorOut, publicUrl: string): string {
  return messagePage({
    title: titles[error] ?? 'This request cannot be answered',
    text: description ?? 'Start again from the app.',
    code: error,
    publicUrl,
  });
}
