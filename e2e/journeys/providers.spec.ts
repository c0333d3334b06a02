import type { Secret } from '@coatcheck/testing/playwright';
import type { Page } from '@playwright/test';
import type { Brand } from '../../scripts/demo/settings.ts';
import { apiCalls, sessionOf } from '../fixtures/calls.ts';
import { noteNamed, writeNote } from '../fixtures/notes.ts';
import { alice, signIn, signOut } from '../fixtures/people.ts';
import type { Stage } from '../fixtures/stage.ts';
import { expect, test } from '../fixtures/test.ts';

interface Guest {
  readonly brand: Brand;
  readonly label: string;
  readonly name: string;
  readonly subject: RegExp;
  readonly email: string | undefined;
  readonly allow: string;
  /** How its access tokens begin. */
  readonly token: string;
}

/** Somebody with an account at each of the emulated providers. */
const guests: readonly Guest[] = [
  {
    brand: 'google',
    label: 'Google',
    name: 'Maya Consumer',
    subject: /^108204268033311374519$/,
    email: 'maya@mail.example.test',
    allow: 'Continue',
    token: 'ya29.',
  },
  {
    brand: 'github',
    label: 'GitHub',
    name: 'Octavia Private',
    subject: /^1000101$/,
    email: 'octavia@example.test',
    allow: 'Authorize',
    token: 'gho_',
  },
  {
    brand: 'facebook',
    label: 'Facebook',
    name: 'Frida Friend',
    subject: /^\d{17}$/,
    email: 'frida@example.test',
    allow: 'Continue',
    token: 'EAA',
  },
];

test('demo provider: sign-in, a note, sign-out', async ({ page, stage }) => {
  await signIn(page, alice, '/notes');
  await writeNote(page, 'By the demo provider');
  expect(lastTokenAtApi(stage)).toMatchObject({ iss: stage.demo.idpUrl, sub: alice.subject });
  await signOut(page);
  expect(await sessionOf(page)).toMatchObject({ authenticated: false });
});

for (const guest of guests) {
  test(`${guest.label}: sign-in, a note by an assertion at the home server, sign-out`, async ({
    page,
    stage,
  }) => {
    await enter(page, guest);
    await expect(page.getByRole('main')).toContainText(`You are signed in as ${guest.name}`);
    expect(new URL(page.url()).hash, 'nothing is left of what the provider appended').toBe('');
    expect(await sessionOf(page)).toMatchObject({
      authenticated: true,
      provider: guest.brand,
      user: { sub: expect.stringMatching(guest.subject), email: guest.email },
    });

    await page.getByRole('link', { name: 'Notes', exact: true }).click();
    await writeNote(page, `By ${guest.label}`);
    await page.reload();
    await expect(noteNamed(page, `By ${guest.label}`)).toBeVisible();
    expect(lastTokenAtApi(stage), 'the token is of the home server, for this person').toMatchObject({
      iss: stage.demo.idpUrl,
      sub: expect.stringMatching(/^federated:[\w-]{43}$/),
      sub_id: {
        format: 'iss_sub',
        iss: stage.demo.emulatorUrls.get(guest.brand),
        sub: expect.stringMatching(guest.subject),
      },
      roles: ['user'],
    });

    const known = stage.secrets();
    const isItsToken = ({ kind, value }: Secret) => kind === 'access_token' && value.startsWith(guest.token);
    expect(known.some(isItsToken), 'the proof after this test searches for its token').toBe(true);
    expect(
      known.some(({ kind }) => kind === 'assertion'),
      'and for the assertion',
    ).toBe(true);

    await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
    expect(await sessionOf(page)).toMatchObject({ authenticated: false });
  });

  test(`${guest.label}: whoever cancels comes back with a message and can sign in after all`, async ({
    page,
  }) => {
    await page.goto('/sign-in');
    await page.getByRole('link', { name: `Continue with ${guest.label}` }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('alert')).toContainText('the request was declined');
    await enter(page, guest);
  });
}

test('people of different providers do not see the notes of each other', async ({ page }) => {
  const [google, github] = guests;
  if (google === undefined || github === undefined) throw new Error('two guests are needed');
  await enter(page, google);
  await page.getByRole('link', { name: 'Notes', exact: true }).click();
  await writeNote(page, 'For Maya only');
  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await enter(page, github);
  await page.getByRole('link', { name: 'Notes', exact: true }).click();
  await expect(page.getByRole('button', { name: 'New note' })).toBeVisible();
  await expect(noteNamed(page, 'For Maya only')).toHaveCount(0);
});

test('GitHub: an address that was not verified does not get in', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Continue with GitHub' }).click();
  await page.getByRole('button', { name: /Nora Newcomer/ }).click();
  await page.getByRole('button', { name: 'Authorize' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  expect(await sessionOf(page)).toMatchObject({ authenticated: false });
});

/** Signs in from the page of all ways to do so, with consent where it is asked for. */
async function enter(page: Page, { label, name, allow }: Guest): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: `Continue with ${label}` }).click();
  const account = page.getByRole('button', { name: new RegExp(name) });
  const consent = page.getByRole('button', { name: allow, exact: true });
  const greeted = page.getByRole('banner').getByRole('link', { name });
  await expect(account.or(consent).or(greeted)).toBeVisible();
  if (await account.isVisible()) await account.click();
  await expect(consent.or(greeted)).toBeVisible();
  if (await consent.isVisible()) await consent.click();
  await expect(greeted).toBeVisible();
}

/** The claims of the token that the API got last. */
function lastTokenAtApi(stage: Stage): unknown {
  const [, payload = ''] = apiCalls(stage).at(-1)?.requestHeaders.authorization?.split('.') ?? [];
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
