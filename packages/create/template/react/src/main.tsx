import './styles.css';
import { SessionProvider } from '@coatcheck/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { session } from './session.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <SessionProvider client={session}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
