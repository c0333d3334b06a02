import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances behind one address: connections go to each in turn. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: 2 });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

requirement('BFF-CB-03', 'a completed answer that comes again changes nothing', async () => {
  const jar = rig.jar();
  const url = await rig.begin(jar, { returnTo: '/orders' });
  const copy = jar.clone();
  await rig.finish(jar, url);
  const ticket = jar.cookie(rig.bff.cookies.ticket);
  for (let again = 0; again < 2; again += 1) {
    const answer = await rig.finish(jar, url);
    // Whoever is signed in goes home; nobody else gets further than the page.
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    const refused = await rig.finish(copy, url);
    expect(refused.status).toBe(400);
  }
  expect(rig.as.hits('token')).toBe(1);
  expect(jar.cookie(rig.bff.cookies.ticket)).toBe(ticket);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  expect(await rig.session(copy)).toMatchObject({ authenticated: false });
});

requirement('BFF-CB-03', 'the same answer ten times at once redeems the code once', async () => {
  for (let round = 0; round < 3; round += 1) {
    rig.reset();
    const jar = rig.jar();
    const url = await rig.begin(jar, { returnTo: '/orders' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => rig.finish(jar, url)));
    expect(rig.as.hits('token')).toBe(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const ended = answers.filter(({ headers }) => headers.get('location') === '/orders');
    expect(ended).toHaveLength(1);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    expect((await rig.call(jar)).status).toBe(200);
  }
});

requirement(
  'BFF-CB-03',
  'an answer that comes after the life of its sign-in is refused, with a way to start again',
  async () => {
    const jar = rig.jar();
    const url = await rig.begin(jar, { returnTo: '/orders' });
    const kept = [...jar.cookies.values()];
    await rig.advance(601);
    for (const { name, value } of kept) jar.setCookie(name, value);
    const late = await rig.finish(jar, url);
    expect(late.status).toBe(400);
    expect(await late.text()).toMatch(/href="\/bff\/login[^"]*"/);
    expect(rig.as.hits('token')).toBe(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  },
);
