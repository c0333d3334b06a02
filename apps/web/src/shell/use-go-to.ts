import { createContext, use } from 'react';
import { isFrontPage } from './page-link.tsx';

/** Within it the router goes to a page of its own. */
export const GoToContext = createContext<(path: string) => void>((path) => location.assign(path));

/** Goes to a page of this app, as a link to it would. */
export function useGoTo(): (path: string) => void {
  const byRouter = use(GoToContext);
  return (path) => (isFrontPage(path) ? location.assign(path) : byRouter(path));
}
