import { existsSync } from 'node:fs';
import path from 'node:path';

interface Page {
  readonly text: string;
  readonly link: string;
}

interface Section {
  readonly text: string;
  readonly items: readonly Page[];
  readonly collapsed?: boolean;
}

/** Every page, in the order in which one reads. A test holds the list against the files. */
export const sections: readonly Section[] = [
  {
    text: 'Start',
    items: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'FAQ', link: '/faq' },
      { text: 'Comparison', link: '/comparison' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'An app that you have', link: '/guides/existing-spa' },
      { text: 'A new app', link: '/create' },
      { text: 'Vite', link: '/vite' },
      { text: 'Back ends behind it', link: '/guides/back-ends' },
      { text: 'Behind nginx, Caddy, Traefik', link: '/guides/reverse-proxy' },
      { text: 'Kubernetes', link: '/guides/kubernetes' },
      { text: 'Tests of your own', link: '/testing' },
      { text: 'A tour of the demo', link: '/demo' },
      { text: 'Learn', link: '/learn' },
      { text: 'Step-up and consent', link: '/step-up' },
      { text: 'Who may come in', link: '/access' },
    ],
  },
  {
    text: 'SDK',
    items: [
      { text: 'Overview', link: '/sdk/' },
      { text: 'The client', link: '/sdk/client' },
      { text: 'React', link: '/sdk/react' },
      { text: 'react-router', link: '/sdk/router' },
      { text: 'Sign in again', link: '/sdk/sign-in-again' },
      { text: 'Devices, accounts, step-up', link: '/sdk/account' },
      { text: 'Recipes', link: '/sdk/recipes' },
      { text: 'Other frameworks', link: '/sdk/other-frameworks' },
      { text: 'Coming from Auth0, Clerk, next-auth', link: '/sdk/coming-from' },
      { text: 'Reference', link: '/sdk/reference' },
    ],
  },
  {
    text: 'Moving from',
    collapsed: true,
    items: [
      { text: 'Tokens in localStorage', link: '/moving/local-storage' },
      { text: 'oauth2-proxy', link: '/moving/oauth2-proxy' },
      { text: 'nextjs-auth0', link: '/moving/nextjs-auth0' },
      { text: 'express-openid-connect', link: '/moving/express-openid-connect' },
      { text: 'Duende BFF', link: '/moving/duende' },
    ],
  },
  {
    text: 'Providers',
    collapsed: true,
    items: [
      { text: 'All providers', link: '/providers/' },
      { text: 'OpenID Providers', link: '/providers/openid' },
      { text: 'Google', link: '/providers/google' },
      { text: 'GitHub', link: '/providers/github' },
      { text: 'Facebook', link: '/providers/facebook' },
      { text: 'Microsoft', link: '/providers/microsoft' },
      { text: 'Apple', link: '/providers/apple' },
      { text: 'Okta', link: '/providers/okta' },
      { text: 'Auth0', link: '/providers/auth0' },
      { text: 'Keycloak', link: '/providers/keycloak' },
      { text: 'OAuth 2.0 without ID tokens', link: '/providers/oauth2' },
      { text: 'Servers it was tried with', link: '/interop' },
      { text: 'coatcheck doctor', link: '/doctor' },
      { text: 'Metadata and keys', link: '/discovery' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Configuration', link: '/configuration' },
      { text: 'HTTP interface', link: '/http' },
      { text: 'Routes', link: '/routes' },
      { text: 'Stores', link: '/stores' },
      { text: 'Refresh', link: '/refresh' },
      { text: 'Processes and machines', link: '/deployment' },
      { text: 'Resource server', link: '/resource-server' },
      { text: 'Client authentication', link: '/client-authentication' },
      { text: 'DPoP and FAPI 2.0', link: '/dpop' },
      { text: 'Security model', link: '/security' },
      { text: 'Advisories', link: '/advisories' },
    ],
  },
  {
    text: 'Decisions',
    collapsed: true,
    items: [
      { text: '1 Sessions on the server', link: '/decisions/001-sessions-on-the-server' },
      { text: '2 A proxy of our own', link: '/decisions/002-own-proxy' },
      { text: '3 Leases by one’s own clock', link: '/decisions/003-leases-by-ones-own-clock' },
      { text: '4 One callback per provider', link: '/decisions/004-one-callback-per-provider' },
    ],
  },
];

/** The file of a page below `docs`. */
export function fileOf(link: string): string {
  return link.endsWith('/') ? `${link.slice(1)}README.md` : `${link.slice(1)}.md`;
}

/** {@link sections}, without pages that are not written yet. */
export function sidebar(docs: string) {
  return sections.map(({ items, ...rest }) => ({
    ...rest,
    items: items.filter(({ link }) => existsSync(path.join(docs, fileOf(link)))),
  }));
}
