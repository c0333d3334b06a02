import type { SessionClient } from '@coatcheck/client';
import { requireRole, requireSession, sessionMiddleware } from '@coatcheck/react/router';
import { createBrowserRouter, type LoaderFunctionArgs } from 'react-router';
import { AdminPage } from './admin/admin-page.tsx';
import { NotFound } from './failure/not-found.tsx';
import { RouteFailure } from './failure/route-failure.tsx';
import { HomePage } from './home/home-page.tsx';
import { NotesPage } from './notes/notes-page.tsx';
import { ProfilePage } from './profile/profile-page.tsx';
import { Layout, LayoutWhileLoading } from './shell/layout.tsx';

/** A sign-in that fails comes back to the page, which says so (`?login_error=`). */
const login = { onError: 'return' } as const;

export function createRouter(client: SessionClient) {
  return createBrowserRouter([
    {
      path: '/',
      middleware: [sessionMiddleware(client)],
      Component: Layout,
      HydrateFallback: LayoutWhileLoading,
      ErrorBoundary: RouteFailure,
      children: [
        {
          // Failures of pages are shown inside the layout.
          ErrorBoundary: RouteFailure,
          children: [
            { index: true, Component: HomePage },
            { path: 'notes', loader: guarded, Component: NotesPage },
            { path: 'profile', loader: guarded, Component: ProfilePage },
            { path: 'admin', loader: forAdmins, Component: AdminPage },
            {
              path: 'learn',
              // Nobody who came for the notes loads any of it.
              lazy: async () => ({ Component: (await import('./learn/learn-frame.tsx')).LearnFrame }),
              children: [
                {
                  index: true,
                  lazy: async () => ({ Component: (await import('./learn/learn-page.tsx')).LearnPage }),
                },
                {
                  path: 'flow',
                  lazy: async () => ({ Component: (await import('./learn/flow/flow-page.tsx')).FlowPage }),
                },
                {
                  path: 'tokens',
                  lazy: async () => ({
                    Component: (await import('./learn/tokens/tokens-page.tsx')).TokensPage,
                  }),
                },
                {
                  path: 'explained',
                  lazy: async () => ({
                    Component: (await import('./learn/explained/explained-page.tsx')).ExplainedPage,
                  }),
                },
              ],
            },
            { path: '*', Component: NotFound },
          ],
        },
      ],
    },
  ]);
}

function guarded(args: LoaderFunctionArgs): null {
  requireSession(args, login);
  return null;
}

function forAdmins(args: LoaderFunctionArgs): null {
  requireRole(args, 'admin', login);
  return null;
}
