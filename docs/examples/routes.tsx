import type { SessionClient } from '@coatcheck/react';
import { type GuardRefusal, requireRole, requireSession, sessionMiddleware } from '@coatcheck/react/router';
import {
  Form,
  isRouteErrorResponse,
  Link,
  Outlet,
  type RouteObject,
  useLoaderData,
  useRouteError,
} from 'react-router';

export function routes(client: SessionClient): RouteObject[] {
  return [
    {
      path: '/',
      middleware: [sessionMiddleware(client)],
      Component: Layout,
      HydrateFallback: () => <p>One moment…</p>,
      children: [
        { index: true, element: <p>Everybody may see this.</p> },
        {
          path: 'notes',
          ErrorBoundary: Refused,
          Component: Notes,
          loader: async (args) => {
            const { user } = requireSession(args);
            const response = await client.fetch('/api/notes', { signal: args.request.signal });
            const notes: string[] = await response.json();
            return { owner: String(user.name), notes };
          },
          action: async (args) => {
            requireSession(args);
            const form = await args.request.formData();
            await client.fetch('/api/notes', { method: 'POST', body: String(form.get('note')) });
            return null;
          },
        },
        {
          path: 'admin',
          ErrorBoundary: Refused,
          loader: (args) => requireRole(args, 'admin').user.sub,
          element: <p>For administrators.</p>,
        },
      ],
    },
  ];
}

function Layout() {
  return (
    <>
      <nav>
        <Link to="/">Home</Link> <Link to="/notes?sort=newest#first">Notes</Link>{' '}
        <Link to="/admin">Admin</Link>
      </nav>
      <Outlet />
    </>
  );
}

function Notes() {
  const { owner, notes } = useLoaderData<{ owner: string; notes: string[] }>();
  return (
    <>
      <p>
        {owner}: {notes.join(', ')}
      </p>
      <Form method="post">
        <input name="note" aria-label="New note" required /> <button type="submit">Add</button>
      </Form>
    </>
  );
}

function Refused() {
  const error = useRouteError();
  if (!isRouteErrorResponse(error)) throw error;
  const refusal: GuardRefusal = error.data;
  return (
    <p role="alert">
      {error.status}: {refusal.detail ?? refusal.code}
    </p>
  );
}
