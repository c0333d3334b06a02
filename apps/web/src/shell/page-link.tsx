import { useSession } from '@coatcheck/react';
import { type ComponentType, createContext, type MouseEvent, type ReactNode, use } from 'react';

export interface PageLinkProps {
  /** A path of this app. */
  to: string;
  className?: string;
  title?: string;
  children: ReactNode;
}

/** Front pages are documents of their own: links to and from them load a page, the router knows only the rest. */
export function isFrontPage(path: string): boolean {
  return path === '/' || path === '/sign-in';
}

const LinkContext = createContext<ComponentType<PageLinkProps>>(DocumentLink);

/** Within it links are the router's. */
export const LinkProvider = LinkContext;

/** A link to a page of this app, marked where that is the page at hand. */
export function PageLink(props: PageLinkProps) {
  const RouterLink = use(LinkContext);
  return isFrontPage(pathOf(props.to)) ? <DocumentLink {...props} /> : <RouterLink {...props} />;
}

function DocumentLink({ to, ...rest }: PageLinkProps) {
  const session = useSession();
  const isServerAway = session.status === 'unavailable' || (session.status === 'signed-in' && session.stale);
  // Where the server is known to be away, the browser's own error page would take the place of this one.
  const ask = (event: MouseEvent) => {
    if (!isServerAway) return;
    event.preventDefault();
    void session.refetch();
  };
  return (
    <a
      aria-current={location.pathname === pathOf(to) ? 'page' : undefined}
      {...rest}
      href={to}
      onClick={ask}
    />
  );
}

function pathOf(to: string): string {
  return to.split('?')[0] ?? to;
}
