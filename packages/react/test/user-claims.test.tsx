// @vitest-environment happy-dom
import type { SessionView, User } from '@coatcheck/client';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, expectTypeOf, test } from 'vitest';
import { SessionProvider, useSession, useUser } from '../src/index.ts';
import { alice, createTestClient } from './fake-server.ts';

declare module '@coatcheck/client' {
  interface UserClaims {
    /** Declared once for the whole app. */
    department?: string;
  }
}

afterEach(cleanup);

const view: SessionView = { ...alice, user: { ...alice.user, department: 'cloakroom' } };
const readMember = (user: User) => ({ id: user.sub, team: String(user.team ?? 'none') });

test('claims have their types: declared once, or by the reader that is given', async () => {
  function Card() {
    const user = useUser();
    const member = useUser(readMember);
    const session = useSession();
    expectTypeOf(user).toEqualTypeOf<User | null>();
    expectTypeOf(user?.department).toEqualTypeOf<string | undefined>();
    expectTypeOf(user?.sub).toEqualTypeOf<string | undefined>();
    expectTypeOf(user?.unheardOf).toEqualTypeOf<unknown>();
    expectTypeOf(member).toEqualTypeOf<{ id: string; team: string } | null>();
    if (session.status === 'signed-in')
      expectTypeOf(session.user.department).toEqualTypeOf<string | undefined>();
    else expectTypeOf(session).not.toHaveProperty('user');
    return <p>{`${user?.department} ${member?.team}`}</p>;
  }
  render(
    <SessionProvider client={createTestClient(view).client}>
      <Card />
    </SessionProvider>,
  );
  expect(await screen.findByText('cloakroom blue')).toBeDefined();
});
