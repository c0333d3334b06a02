import type { SessionClient } from '@coatcheck/client';
import { NavLink, RouterProvider } from 'react-router';
import type { LanguageStore } from './language/language.tsx';
import { createRouter } from './router.tsx';
import { LinkProvider } from './shell/page-link.tsx';

/** The pages that people work with. */
export function createPages(client: SessionClient, language: LanguageStore) {
  const router = createRouter(client, language);
  return function AppPages() {
    return (
      <LinkProvider value={NavLink}>
        <RouterProvider router={router} />
      </LinkProvider>
    );
  };
}
