import { expect, test } from 'vitest';
import { labClient } from '../src/provider/clients.ts';
import { start } from './start.ts';

async function methodsOf(issuer: string): Promise<unknown> {
  const metadata: unknown = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  return Object(metadata).token_endpoint_auth_methods_supported;
}

const refresh = (issuer: string) =>
  fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'lab-storage',
      refresh_token: 'unknown',
    }),
  });

test('without the attack lab no client is public, and nobody goes without credentials', async () => {
  const { issuer } = await start();
  expect(await methodsOf(issuer)).not.toContain('none');
  expect(await (await refresh(issuer)).json()).toMatchObject({ error: 'invalid_client' });
});

test('with it there is one public client, and the BFF still needs its secret', async () => {
  const { issuer, clientId } = await start({ moreClients: [labClient('http://127.0.0.1:9404')] });
  expect(await methodsOf(issuer)).toContain('none');
  expect(await (await refresh(issuer)).json()).toMatchObject({ error: 'invalid_grant' });
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: 'unknown',
  });
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body });
  expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'invalid_client' }]);
});
