import { apiCalls, call, sessionOf } from '../fixtures/calls.ts';
import { signInsIn } from '../fixtures/credentials.ts';
import { noteNamed, writeNote } from '../fixtures/notes.ts';
import { admin, alice, signedInAs, signIn, signOut } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test('a restart of the BFF keeps the session, and the page says so kindly meanwhile', async ({
  page,
  stage,
}) => {
  await signIn(page, alice);
  const signIns = signInsIn(stage.provider.exchanges).length;
  const { createdAt } = await sessionOf(page);

  await stage.demo.bff.stop();
  try {
    await page.getByRole('button', { name: 'Call /api/me' }).click();
    const alert = page.getByRole('alert');
    await expect(alert.getByRole('heading', { name: 'There was no answer' })).toBeVisible();
    await expect(signedInAs(page, alice), 'no answer is no sign-out').toBeVisible();
  } finally {
    await stage.demo.bff.start();
  }

  await page.getByRole('button', { name: 'Call /api/me' }).click();
  await expect(page.getByRole('region', { name: 'What the API saw' })).toBeVisible();
  await page.reload();
  await expect(signedInAs(page, alice)).toBeVisible();
  expect(await sessionOf(page)).toMatchObject({ authenticated: true, createdAt });
  expect(signInsIn(stage.provider.exchanges).length).toBe(signIns);
});

test('while the BFF is away, the way home asks for it again and does not leave the page', async ({
  page,
  stage,
}) => {
  await signIn(page, alice, '/profile');
  await expect(page.getByRole('heading', { name: 'Your session' })).toBeVisible();
  const home = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' });

  await stage.demo.bff.stop();
  try {
    await page.getByRole('button', { name: 'Stay signed in' }).click();
    const notice = page.getByRole('heading', { name: 'The session could not be checked just now' });
    await expect(notice).toBeVisible();
    await home.click();
    await expect(notice).toBeVisible();
    await expect(page).toHaveURL('/profile');
  } finally {
    await stage.demo.bff.start();
  }
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByRole('button', { name: 'Check again' })).toHaveCount(0);
  await home.click();
  await expect(page).toHaveURL('/');
});

test('roles: alice is not offered the list of users, and the API refuses it to her', async ({
  page,
  stage,
}) => {
  await signIn(page, alice);
  const navigation = page.getByRole('navigation', { name: 'Main' });
  await expect(navigation.getByRole('link', { name: 'Notes' })).toBeVisible();
  await expect(navigation.getByRole('link', { name: 'Admin' })).toHaveCount(0);

  await page.goto('/admin');
  await expect(page.getByRole('heading', { name: 'This page is for administrators' })).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
  const refused = await call(page, '/api/admin/users');
  expect(refused, 'refused by the API, not by the BFF').toMatchObject({ status: 403, problem: null });
  expect(apiCalls(stage).at(-1)).toMatchObject({ target: '/api/admin/users', status: 403 });
});

test('roles: the administrator is offered the list of users, and sees it', async ({ page }) => {
  await signIn(page, admin);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' }).click();
  await expect(page).toHaveURL('/admin');
  await expect(page.getByRole('row').filter({ hasText: admin.login })).toContainText(admin.name);
});

test('notes are created, edited and deleted, and a mistake is undone', async ({ page }) => {
  await signIn(page, alice, '/notes');
  const note = await writeNote(page, 'Shopping', 'Bread\nand <b>cheese</b>');
  await expect(note, 'text stays text').toContainText('and <b>cheese</b>');

  await note.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Title').fill('Groceries');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const edited = noteNamed(page, 'Groceries');
  await expect(edited).toContainText('Bread');
  // The list shows it before the server has it, and a page that is left before keeps it as a draft.
  await expect(edited, 'saved').toContainText('Changed');
  await expect(page.getByRole('heading', { name: 'Shopping' })).toHaveCount(0);

  await page.reload();
  await edited.getByRole('button', { name: 'Delete' }).click();
  await expect(edited).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(edited).toBeVisible();
  await edited.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(edited).toHaveCount(0);
  expect((await call(page, '/api/notes')).body).not.toContain('Groceries');
});

test('BFF-SESS-01: the next person at the same browser sees nothing of the one before', async ({
  page,
  context,
}) => {
  await signIn(page, alice, '/notes');
  await writeNote(page, 'A note of Alice');
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('A draft of Alice');
  const other = await context.newPage();
  await other.goto('/');
  await signOut(other);
  await signIn(other, admin);

  await expect(signedInAs(page, admin), 'the old tab follows').toBeVisible();
  await expect(page.getByRole('button', { name: 'New note' })).toBeVisible();
  for (const text of ['A note of Alice', 'A draft of Alice', alice.name]) {
    expect(await page.content()).not.toContain(text);
  }
  expect((await call(page, '/api/notes')).body).not.toContain('Alice');
});

test('BFF-COOK-01, BFF-COOK-02, BFF-COOK-07: the ticket is out of reach of script and of other sites', async ({
  page,
  context,
  stage,
}) => {
  await signIn(page, alice);
  const tickets = (await context.cookies()).filter(({ name }) => name === '__Host-Http-coatcheck');
  expect(tickets).toHaveLength(1);
  expect(tickets[0]).toMatchObject({
    domain: 'localhost',
    path: '/',
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
  });
  const { expiresIn } = await sessionOf(page);
  const life = (tickets[0]?.expires ?? 0) - Date.now() / 1000;
  expect(life, 'no longer than the session').toBeLessThan(Number(expiresIn) + 5);

  expect(await page.evaluate('document.cookie')).toBe('');
  const forged = ['__Host-Http-coatcheck', '__Host-Http-coatcheck-here', '__Host-Http-anything'];
  for (const name of forged) {
    await page.evaluate(`document.cookie = '${name}=forged; Secure; Path=/'`);
    await page.evaluate(
      `cookieStore.set({ name: '${name}', value: 'forged', path: '/' }).catch(() => undefined)`,
    );
  }
  const values = (await context.cookies(stage.demo.url)).map(({ value }) => value);
  expect(values).not.toContain('forged');
  expect((await call(page, '/api/me')).status, 'and the real one still works').toBe(200);
});
