import { coatcheckTest } from '@coatcheck/testing/playwright';
import { expect } from '@playwright/test';
import { startSmallApp } from '../fixtures/small-app.ts';

// The provider is at 127.0.0.1 and the app at localhost: two sites.
const test = coatcheckTest({
  provider: 'main',
  app: (as) => startSmallApp(as, { responseMode: 'form_post' }),
});

test('BFF-CB-12: in a browser somebody signs in across sites by form post, and somebody else after that', async ({
  signedIn,
  expectNoTokens,
  idp,
}) => {
  for (const sub of ['alice', 'bob']) {
    const page = await signedIn({ sub });
    expect(idp.server.requestsOf('authorize').at(-1)?.authorization?.get('response_mode')).toBe('form_post');
    await page.getByRole('button', { name: 'Load' }).click();
    await expect(page.getByRole('status')).toHaveText('200');
    expect(page.url()).not.toContain('code');
  }
  const { issuer } = idp.server;
  await expectNoTokens({
    allow: [
      {
        kind: ['code', 'state'],
        place: ['response-body', 'dom'],
        where: (where) => where.startsWith(issuer),
        reason: 'the form of the authorization server',
      },
      {
        kind: ['code', 'state'],
        place: 'request-body',
        where: (where) => where.includes('/bff/callback/main'),
        reason: 'the one post that brings them',
      },
    ],
  });
});
