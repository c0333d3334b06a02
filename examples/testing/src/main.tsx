import { createSessionClient } from '@coatcheck/client';
import { SessionProvider } from '@coatcheck/react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');
const client = createSessionClient();
createRoot(root).render(
  <SessionProvider client={client}>
    <App />
  </SessionProvider>,
);
