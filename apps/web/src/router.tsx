import type { SessionClient } from '@coatcheck/client';
import { requireRole, requireSession, sessionMiddleware } from '@coatcheck/react/router';
import { createBrowserRouter, type LoaderFunctionArgs } from 'react-router';
import { NotFound } from './failure/not-found.tsx';
import { RouteFailure } from './failure/route-failure.tsx';
import type { LanguageStore } from './language/language.tsx';
import { Layout, LayoutWhileLoading } from './shell/layout.tsx';

export function createRouter(client: SessionClient, language: LanguageStore) {
  /** A sign-in that fails comes back to the page, which says so (`?login_error=`). */
  const login = () => ({ onError: 'return', uiLocales: language.get().language }) as const;
  const guarded = (args: LoaderFunctionArgs): null => {
    requireSession(args, login());
    return null;
  };
  const forAdmins = (args: LoaderFunctionArgs): null => {
    requireRole(args, 'admin', login());
    return null;
  };

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
            {
              lazy: async () => ({ Component: (await import('./workspace/workspace.tsx')).Workspace }),
              children: [
                {
                  path: 'notes',
                  loader: guarded,
                  lazy: async () => ({ Component: (await import('./notes/notes-page.tsx')).NotesPage }),
                },
                {
                  path: 'profile',
                  loader: guarded,
                  lazy: async () => ({ Component: (await import('./profile/profile-page.tsx')).ProfilePage }),
                },
                {
                  path: 'admin',
                  loader: forAdmins,
                  lazy: async () => ({ Component: (await import('./admin/admin-page.tsx')).AdminPage }),
                },
                {
                  path: 'learn',
                  lazy: async () => ({ Component: (await import('./learn/learn-frame.tsx')).LearnFrame }),
                  children: [
                    {
                      index: true,
                      lazy: async () => ({ Component: (await import('./learn/learn-page.tsx')).LearnPage }),
                    },
                    {
                      path: 'flow',
                      lazy: async () => ({
                        Component: (await import('./learn/flow/flow-page.tsx')).FlowPage,
                      }),
                    },
                    {
                      path: 'tokens',
                      lazy: async () => ({
                        Component: (await import('./learn/tokens/tokens-page.tsx')).TokensPage,
                      }),
                    },
                    {
                      path: 'lab',
                      lazy: async () => ({ Component: (await import('./learn/lab/lab-page.tsx')).LabPage }),
                    },
                    {
                      path: 'states',
                      lazy: async () => ({
                        Component: (await import('./learn/states/states-page.tsx')).StatesPage,
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
              ],
            },
            { path: '*', Component: NotFound },
          ],
        },
      ],
    },
  ]);
}
