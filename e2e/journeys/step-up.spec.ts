import { sessionOf } from '../fixtures/calls.ts';
import { noteNamed, writeNote } from '../fixtures/notes.ts';
import { alice, enterPassword, signIn } from '../fixtures/people.ts';
import { freshFor } from '../fixtures/stage.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ stageName: 'careful' });

test('a permission is asked for when somebody saves a note, and the text is still there', async ({
  page,
}) => {
  await signIn(page, alice, '/notes');
  const before = await sessionOf(page);
  expect(before).toMatchObject({ authenticated: true });
  expect(JSON.stringify(before)).not.toContain('notes:write');

  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('Written before it was allowed');
  await page.getByLabel('Text').fill('Not lost on the way.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Allow it' }).click();
  await expect(page.getByText('Create, change and delete notes')).toBeVisible();
  await page.getByRole('button', { name: 'Allow', exact: true }).click();

  await expect(page).toHaveURL('/notes');
  await expect(page.getByLabel('Title')).toHaveValue('Written before it was allowed');
  await expect(page.getByLabel('Text')).toHaveValue('Not lost on the way.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(noteNamed(page, 'Written before it was allowed')).toBeVisible();
  const after = await sessionOf(page);
  expect(JSON.stringify(after)).toContain('notes:write');
  expect(after).toMatchObject({ createdAt: before.createdAt, expiresAt: before.expiresAt });
});

test('BFF-ADV-09: what needs a fresh sign-in leads there and back, and then works', async ({ page }) => {
  await signIn(page, alice, '/notes');
  const signedInAt = Date.now();
  if (!JSON.stringify(await sessionOf(page)).includes('notes:write')) {
    await page.goto('/bff/login?consent=notes-write&return_to=/notes');
    const allow = page.getByRole('button', { name: 'Allow', exact: true });
    const notes = page.getByRole('heading', { name: 'Notes' });
    await expect(allow.or(notes)).toBeVisible();
    if (await allow.isVisible()) await allow.click();
  }
  await writeNote(page, 'Soon to be gone');
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('Half a thought');
  await expect
    .poll(() => Date.now() - signedInAt, { timeout: 30_000 })
    .toBeGreaterThan((freshFor + 2) * 1_000);

  const deleteAll = async () => {
    await page.getByRole('button', { name: 'Delete all notes' }).click();
    await page.getByRole('button', { name: 'Delete them all' }).click();
  };
  await deleteAll();
  await expect(page.getByRole('alert')).toContainText('step_up_required');
  await page.getByRole('button', { name: 'Confirm who you are' }).click();
  await enterPassword(page, alice);

  await expect(page).toHaveURL('/notes');
  await expect(page.getByLabel('Title')).toHaveValue('Half a thought');
  await expect(noteNamed(page, 'Soon to be gone')).toBeVisible();
  await deleteAll();
  await expect(noteNamed(page, 'Soon to be gone')).toHaveCount(0);
  await expect(page.getByLabel('Title')).toHaveValue('Half a thought');
});
