import type { SignedIn } from '@coatcheck/client';
import { useQuery } from '@tanstack/react-query';
import type { SeenUser } from '../api.ts';
import { useApi } from '../api-context.tsx';
import { Refusal } from '../failure/refusal.tsx';
import { useLanguage, useTexts } from '../language/language.tsx';
import { dayAndTime } from '../language/times.ts';
import { SearchField } from '../search/search-field.tsx';
import { useSearchText } from '../search/use-search-text.ts';
import { Private } from '../shell/private.tsx';

export function AdminPage() {
  const { admin } = useTexts();
  return (
    <div className="page">
      <title>{`${admin.title} · Coatcheck demo`}</title>
      <Private title={admin.title}>{(session) => <Users session={session} />}</Private>
    </div>
  );
}

function Users({ session }: { session: SignedIn }) {
  const api = useApi();
  const { admin } = useTexts();
  const users = useQuery({
    queryKey: ['users', session.user.sub],
    queryFn: ({ signal }) => api.listUsers(signal),
  });
  return (
    <>
      <div className="stack">
        <h1>{admin.title}</h1>
        <p className="soft">{admin.lead}</p>
      </div>
      {users.isPending && (
        <div className="waiting">
          <p className="visually-hidden" role="status">
            {admin.loading}
          </p>
          <div className="skeleton skeleton-block" aria-hidden="true" />
        </div>
      )}
      {users.isError && <Refusal error={users.error} onRetry={() => void users.refetch()} />}
      {users.isSuccess && <Found users={users.data} />}
    </>
  );
}

function Found({ users }: { users: SeenUser[] }) {
  const { admin } = useTexts();
  const { text, setText, search } = useSearchText();
  const wanted = search.toLocaleLowerCase();
  const found = users.filter((user) =>
    [user.name, user.email, user.subject].some((value) => value.toLocaleLowerCase().includes(wanted)),
  );
  return (
    <>
      <div className="row">
        <SearchField label={admin.search} placeholder={admin.search} value={text} onChange={setText} />
        <p className="small soft" role="status">
          {search !== '' && admin.found(found.length, users.length)}
        </p>
      </div>
      {found.length === 0 ? <p>{admin.none}</p> : <UserTable users={found} />}
    </>
  );
}

function UserTable({ users }: { users: SeenUser[] }) {
  const { texts, locale } = useLanguage();
  const { admin } = texts;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1)
    <section className="table-frame" tabIndex={0} aria-label={admin.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">{admin.user}</th>
            <th scope="col">{admin.notes}</th>
            <th scope="col">{admin.seen}</th>
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
              <td className="number">{user.notes.toLocaleString(locale)}</td>
              <td>{dayAndTime(user.lastSeen, Date.now(), locale) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
