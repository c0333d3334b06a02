import { Link } from 'react-router';

/** Everything that the page of the ideas says, in English. */
export const explainedEnglish = {
  documentTitle: 'JWT and OAuth explained · Coatcheck demo',
  title: 'JWT and OAuth, explained by your own session',
  lead: 'On the left the idea, on the right what it is right now, for you.',
  signInFirst: 'Sign in to fill the right side',
  identity: {
    title: 'Authentication and authorization',
    idea: (
      <>
        <p>
          <strong>Authentication</strong> is who you are. You proved it to the provider with a password, and
          the provider told the BFF in an <em>ID token</em>. That is OpenID Connect.
        </p>
        <p>
          <strong>Authorization</strong> is what may be done in your name. The <em>access token</em> says it
          to the API. That is OAuth 2.0. An access token does not prove who sits at the keyboard, and an ID
          token opens no API.
        </p>
      </>
    ),
    user: 'You are',
    provider: 'says',
    methods: 'proved by',
    notSaid: 'not said',
    scopes: 'This app may',
  },
  parties: {
    title: 'Who is who in OAuth',
    idea: (
      <>
        <p>
          You are the <strong>resource owner</strong>: the notes are yours. The <strong>client</strong> wants
          to get at them in your name; here that is the BFF, which can keep a secret, and not the page, which
          cannot.
        </p>
        <p>
          The <strong>authorization server</strong> knows you and issues the tokens. The{' '}
          <strong>resource server</strong> is the API that takes them.{' '}
          <Link to="/learn/flow">See them talk.</Link>
        </p>
      </>
    ),
    owner: 'Resource owner',
    client: 'Client',
    bff: (origin: string) => `the BFF at ${origin}`,
    provider: 'Authorization server',
    api: 'Resource server',
    apiBehind: (origin: string) => `the API behind ${origin}/api`,
    page: 'This page',
    none: 'none of them: it holds a ticket',
  },
  jwt: {
    title: 'What is in a JWT',
    idea: (
      <>
        <p>
          A JSON Web Token is three parts between dots: a <strong>header</strong> (how it is signed), a{' '}
          <strong>payload</strong> (what it says) and a <strong>signature</strong>. Everybody can read the
          first two. Only the issuer can make the third, and whoever accepts the token checks it, and then
          that it is meant for them and still good.
        </p>
        <p>
          So never put a secret into one, and never believe one that you have not verified.{' '}
          <Link to="/learn/tokens">Take some apart.</Link>
        </p>
      </>
    ),
    waiting: 'Asking the server…',
    opaque: 'The access token is not a JWT.',
    yours: (characters: number) => `Of your access token, ${characters} characters long:`,
  },
  expiry: {
    title: 'Expiry and refresh',
    idea: (
      <>
        <p>
          Nobody can call a JWT back: it is good until it <strong>expires</strong>. So access tokens live for
          minutes. The <strong>refresh token</strong> fetches the next one, is replaced each time (rotation),
          and can be revoked.
        </p>
        <p>
          In a browser rotation helps little: whoever stole one refresh token steals the next one too, or uses
          it when you are gone. On the server there is nothing to steal, and ending the session ends it all.
        </p>
      </>
    ),
    token: 'Access token',
    endless: 'no end known',
    renewed: (within: string) => `renewed within ${within}`,
    idle: 'Session, if you do nothing',
    end: 'Session, at the latest',
  },
  rights: {
    title: 'Scopes and roles',
    idea: (
      <p>
        <strong>Scopes</strong> are what you allowed this app to do, out of what you may do yourself.{' '}
        <strong>Roles</strong> are what you are. The API asks for both: a scope that you gave an app makes
        nobody an administrator, and an administrator’s app may do only what it was allowed.
      </p>
    ),
    scopes: 'Scopes',
    roles: 'Roles',
    none: 'none',
    users: 'The list of users',
    yours: 'yours to see',
    notYours: 'not yours: role admin',
  },
};

export type ExplainedWords = typeof explainedEnglish;
