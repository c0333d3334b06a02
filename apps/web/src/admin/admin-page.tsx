import type { SignedIn } from '@coatcheck/client';
import { useQuery } from '@tanstack/react-query';
import type { SeenUser } from '../api.ts';
import { useApi } from '../api-context.tsx';
import { Refusal } from '../failure/refusal.tsx';
import { dayAndTime } from '../shell/day-and-time.ts';
import { Private } from '../shell/private.tsx';

export function AdminPage() {
  return (
    <div className="page">
      <title>Users · Coatcheck demo</title>
      <Private title="Users">{(session) => <Users session={session} />}</Private>
    </div>
  );
}

function Users({ session }: { session: SignedIn }) {
  const api = useApi();
  const users = useQuery({
    queryKey: ['users', session.user.sub],
    queryFn: ({ signal }) => api.listUsers(signal),
  });
  return (
    <>
      <div className="stack">
        <h1>Users</h1>
        <p className="soft">
          Everybody the API has seen. This page asks for the role <code>admin</code> to spare others the way;
          it is the API that decides.
        </p>
      </div>
      {users.isPending && <p className="soft waiting">Loading the users…</p>}
      {users.isError && <Refusal error={users.error} onRetry={() => void users.refetch()} />}
      {users.isSuccess && <UserTable users={users.data} />}
    </>
  );
}

function UserTable({ users }: { users: SeenUser[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1)
    <section className="table-frame" tabIndex={0} aria-label="Table of users">
      <table>
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Notes</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={`${user.issuer} ${user.subject}`}>
              <th scope="row">
                {user.name === '' ? user.subject : user.name}
                <br />
                <span className="small soft email">{user.email}</span>
              </th>
              <td>{user.notes}</td>
              <td>{dayAndTime(user.lastSeen, Date.now())}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
