import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { createSessionClient } from '@coatcheck/client';
import { SessionProvider } from '@coatcheck/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { createApi } from './api.ts';
import { ApiProvider } from './api-context.tsx';
import { createQueries } from './queries.ts';
import { createRouter } from './router.tsx';

const queries = createQueries();
const client = createSessionClient({ onSignedOut: () => queries.clear() });
const api = createApi(client.fetch);
const router = createRouter(client);

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SessionProvider client={client}>
        <ApiProvider api={api}>
          <RouterProvider router={router} />
        </ApiProvider>
      </SessionProvider>
    </QueryClientProvider>
  </StrictMode>,
);
