import { createSessionClient, createSignInAgain } from '@coatcheck/client';
import { SessionProvider } from '@coatcheck/react';
import { requireSession, sessionMiddleware } from '@coatcheck/react/router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { Refused } from './refused.tsx';
import { Start } from './start.tsx';

// What the SDK's own journeys play on: every part of it, in Strict Mode, in React's development build.
const client = createSessionClient();
const again = createSignInAgain(client);
const router = createBrowserRouter([
  {
    path: '/',
    middleware: [sessionMiddleware(client)],
    ErrorBoundary: Refused,
    HydrateFallback: () => null,
    children: [
      { index: true, element: <Start client={client} again={again} /> },
      {
        path: 'guarded',
        loader: (args) => requireSession(args).user.sub,
        Component: () => <h1>Guarded</h1>,
      },
    ],
  },
]);

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <SessionProvider client={client}>
      <RouterProvider router={router} />
    </SessionProvider>
  </StrictMode>,
);
