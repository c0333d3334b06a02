import { expect, test } from 'vitest';
import { createSessionClient } from '../src/index.ts';
import { signedIn } from './fake-page.ts';

test('on a server it is loading, starts nothing and keeps nothing alive', () => {
  const client = createSessionClient();
  expect(client.getState()).toEqual({ status: 'loading' });
  expect(client.loginUrl()).toBe('/bff/login?return_to=%2F');
  expect(client.loginUrl({ returnTo: '/notes' })).toBe('/bff/login?return_to=%2Fnotes');
});

test('two clients share nothing', () => {
  const alice = createSessionClient({ initialSession: signedIn() });
  const nobody = createSessionClient({ basePath: '/auth' });
  expect(alice.getState().status).toBe('signed-in');
  expect(nobody.getState().status).toBe('loading');
  expect(nobody.loginUrl()).toBe('/auth/login?return_to=%2F');
});
