import type { HeldToken } from '@coatcheck/protocol';
import type { ReactNode } from 'react';
import type { ExampleName } from '../example-names.ts';
import { checks } from './english-checks.ts';
import { meanings } from './english-claims.ts';

const examples: Readonly<Record<ExampleName, string>> = {
  rs256: 'RS256, good',
  es256: 'ES256, good',
  eddsa: 'EdDSA, good',
  hs256: 'HS256, good',
  expired: 'Expired',
  audience: 'Wrong audience',
  none: 'alg: none',
  changed: 'Changed on the way',
  confused: 'HS256 where RS256 is due',
};

/** Everything that the page of the tokens says, in English. */
export const tokenEnglish = {
  /** For times. */
  locale: 'en-GB',
  documentTitle: 'Tokens · Coatcheck demo',
  title: 'What is in a token',
  lead: 'Your tokens are on the server, and stay there. This page gets to see what they say, without the signatures that would make them usable.',
  signInFirst: { title: 'Sign in to see your own', text: 'The decoder below works without.' },
  held: {
    off: 'This server shows no tokens: `diagnostics` is off.',
    waiting: 'Asking the server…',
    title: (name: string | undefined) => `The tokens of ${name ?? 'this session'}, on the server`,
    call: 'Call the API',
    callAdvice: 'A call when the life is nearly over fills it again.',
    kinds: {
      access_token: 'Access token',
      id_token: 'ID token',
      refresh_token: 'Refresh token',
    } satisfies Record<HeldToken['kind'], string>,
    purposes: {
      access_token: 'It opens the API. The BFF adds it to each call that it forwards.',
      id_token: 'It told the BFF who signed in. Nobody else ever gets it, and it opens nothing.',
      refresh_token: 'It fetches new access tokens, so it is worth the most. It is replaced at each use.',
    } satisfies Record<HeldToken['kind'], string>,
    signatures: {
      valid: 'Signature good',
      invalid: 'Signature wrong',
      unknown: 'Signature not checked',
      none: 'Not a JWT',
    } satisfies Record<HeldToken['signature'], string>,
    origin: ({ provider, resource, length }: HeldToken) => (
      <>
        From {provider}
        {resource !== '' && (
          <>
            {' '}
            for <code>{resource}</code>
          </>
        )}
        , {length} characters, held by the server. The signature is left out here, so that what you see can be
        used for nothing.
      </>
    ),
    noLife: 'The provider did not say how long it lives.',
    opaque: 'Opaque: a random string that means something to the provider alone. There is nothing to decode.',
    life: (name: string) => `Life of the ${name.toLowerCase()} left`,
    over: 'Over. It has done its work, or the next call renews it.',
    left: (clock: ReactNode, total: string) => (
      <>
        {clock} left of {total}
      </>
    ),
  },
  decoder: {
    title: 'Decode and verify any JWT',
    lead: 'It stays in this page: nothing is sent anywhere, and nothing is kept. Or begin with an example:',
    examplesTitle: 'Examples',
    examples,
    token: 'Token',
    algorithm: 'Accepted algorithm',
    secret: 'Shared secret',
    key: 'Public key (JWK)',
    issuer: 'Expected issuer',
    audience: 'Expected audience',
    empty: 'Paste a token, or choose an example. The verdict comes here.',
    notJwt: 'Not a JWT',
    refused: 'Refused',
    open: 'Not decided',
    accepted: 'Accepted',
    readable:
      'Anybody can read a JWT: it is encoded, not encrypted. Decoding proves nothing; the signature and the checks above do.',
  },
  table: { header: 'Header', payload: 'Payload', says: 'Says' },
  checks,
  meanings,
  otherMeaning: 'Something that this issuer added.',
};

export type TokenWords = typeof tokenEnglish;
