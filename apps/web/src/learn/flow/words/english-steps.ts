import type { Moment } from '../moments.ts';

/** What a message is, in plain words. */
export interface StepWords {
  readonly title: string;
  readonly text: string;
}

/** What each kind of message is, in English. */
export const stepsInEnglish: Readonly<Record<Moment, StepWords>> = {
  login: {
    title: 'You want to sign in',
    text: 'The browser opens the BFF’s own address. It is a navigation, not a fetch: no script can start it unseen in the background.',
  },
  'login-redirect': {
    title: 'Go to the provider',
    text: 'The BFF sends the browser off with a request that names the app and what it asks for. A challenge (PKCE) goes along, and its secret half stays behind, sealed in a cookie for ten minutes, so that nobody else can use the code that comes back.',
  },
  'pushed-request': {
    title: 'The request, handed over directly',
    text: 'The BFF gives the whole request to the provider itself and gets a reference for it. Nothing in the browser’s address bar can change it then.',
  },
  callback: {
    title: 'Back with a code',
    text: 'You proved who you are to the provider, and it sent the browser back with a code: good once, for a minute, and of no use without the BFF’s secret. The state shows that this answer belongs to the sign-in that this browser began.',
  },
  'code-exchange': {
    title: 'The code for tokens',
    text: 'Server to server: the BFF proves that it is the app (its own credentials) and that it began this sign-in (the PKCE verifier). The tokens never pass the browser.',
  },
  userinfo: {
    title: 'Who is it?',
    text: 'The BFF asks the provider for the person’s details, with the access token it just got.',
  },
  'signed-in': {
    title: 'Here is your ticket',
    text: 'The browser gets one sealed cookie that script cannot read (HttpOnly) and that other sites cannot make it send (SameSite=Strict). The tokens stay with the BFF, sealed by a key that only this ticket holds.',
  },
  'api-call': {
    title: 'The page calls the API',
    text: 'A plain fetch to the page’s own origin. It carries the ticket and no token. Sec-Fetch-Site is written by the browser and shows that one of our own pages asks.',
  },
  'forwarded-call': {
    title: 'The same call, with a token',
    text: 'The BFF takes the cookie off, finds the session, adds the access token for this API, and sends the call on.',
  },
  'api-answer': {
    title: 'The API answers',
    text: 'The API checked the token’s signature, issuer, audience, time and scopes before it did anything.',
  },
  'call-answer': {
    title: 'The answer goes to the page',
    text: 'As the API gave it, without headers that could carry a token or speak for this origin.',
  },
  refresh: {
    title: 'New tokens for the old',
    text: 'The access token is about to run out, so the BFF trades the refresh token for a new pair. Many calls at once wait for one such trade: the provider replaces the refresh token each time and takes a second use for theft.',
  },
  'token-exchange': {
    title: 'A token for one purpose',
    text: 'The BFF trades the token for one that is good at this API alone.',
  },
  assertion: {
    title: 'The BFF vouches for you',
    text: 'You signed in elsewhere, so the BFF tells the API’s own provider who you are in a short note signed with its key, and gets a token for that.',
  },
  revocation: {
    title: 'The tokens are taken back',
    text: 'The BFF tells the provider that the refresh token must not work any more.',
  },
  logout: {
    title: 'You sign out',
    text: 'The session is deleted on the server first: a copied cookie is worth nothing from here on.',
  },
  'logout-redirect': {
    title: 'Cookies cleared',
    text: 'The browser forgets its ticket and may go on to the provider to sign out there too.',
  },
  metadata: {
    title: 'What can you do, and what are your keys?',
    text: 'The BFF reads the provider’s addresses and public keys. It keeps them, so this is rare.',
  },
  other: {
    title: 'Another message',
    text: 'It belongs to this session, and to no flow in particular.',
  },
  'pushed-request-answer': {
    title: 'A reference for the request',
    text: 'It works once and for a minute or so. Only this reference passes through the browser.',
  },
  'code-exchange-answer': {
    title: 'Tokens, for the BFF alone',
    text: 'An access token for the API, an ID token that says who you are, a refresh token for later. The BFF checks the ID token’s signature, issuer, audience, nonce and times before it believes a word.',
  },
  'refresh-answer': {
    title: 'The new tokens',
    text: 'Stored before they are used. The refresh token that was traded in is dead from here on.',
  },
  'token-exchange-answer': {
    title: 'The token for this API',
    text: 'It is kept with the session.',
  },
  'assertion-answer': {
    title: 'A token of the API’s own provider',
    text: 'In your name, for this API, for a short time.',
  },
  'revocation-answer': {
    title: 'Done',
    text: 'The same answer whether it knew the token or not.',
  },
  'userinfo-answer': {
    title: 'The person’s details',
    text: 'Held against the ID token.',
  },
  'metadata-answer': {
    title: 'Addresses and public keys',
    text: 'Kept for as long as the answer allows.',
  },
  'token-refused': {
    title: 'The API refuses the token',
    text: 'It takes the token for expired, earlier than the BFF knew. The page does not hear of it: the BFF gets a new token and sends the same call again, once. A token that came a moment ago would not be blamed.',
  },
};
