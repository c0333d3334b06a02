import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { createSessionClient, createSignInAgain } from '@coatcheck/client';
import { SessionProvider } from '@coatcheck/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi } from './api.ts';
import { ApiProvider } from './api-context.tsx';
import { createLanguageStore, LanguageProvider } from './language/language.tsx';
import { thisBrowser } from './language/this-browser.ts';
import { isFrontPage } from './shell/page-link.tsx';
import { SignInAgainProvider } from './sign-in/again.tsx';

const client = createSessionClient();
// Who only comes to see the front pages loads no router and nothing of what is behind the sign-in.
const [language, { createPages }] = await Promise.all([
  createLanguageStore(thisBrowser),
  isFrontPage(location.pathname) ? import('./front/front.tsx') : import('./app.tsx'),
]);
const Pages = createPages(client, language);
const again = createSignInAgain(client, { login: { uiLocales: language.get().language } });
const api = createApi(client.fetch, again.fetch);

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <LanguageProvider store={language}>
      <SessionProvider client={client}>
        <SignInAgainProvider again={again}>
          <ApiProvider api={api}>
            <Pages />
          </ApiProvider>
        </SignInAgainProvider>
      </SessionProvider>
    </LanguageProvider>
  </StrictMode>,
);
