// A single-page app as many tutorials have it: code flow with PKCE in the browser, refresh tokens that rotate.
import { tokensIn } from '/tokens.js';

export const settings = await (await fetch('/settings.json')).json();
const scope = 'openid profile email offline_access notes:read';
const redirectUri = `${location.origin}/callback`;
const query = new URLSearchParams(location.search);

if (location.pathname !== '/callback' && query.has('attack')) {
  sessionStorage.setItem('attack', query.get('attack'));
  sessionStorage.setItem('keeping', query.get('keeping') ?? 'storage');
}
export const keeping = sessionStorage.getItem('keeping') ?? 'storage';
const tokens = tokensIn(keeping);

// A frame that comes back from the provider is not the app.
if (window === top) await start();

/** What the rest of the app calls; in an ES module everything in the page can. */
export async function whoAmI() {
  const headers = { Authorization: `Bearer ${tokens.read().access_token}` };
  const answer = await fetch('/api/me', { headers });
  return answer.ok ? answer.json() : null;
}

/** As when the access token ran out: the app renews it and goes on. */
export async function timePasses() {
  await redeem({ grant_type: 'refresh_token', refresh_token: tokens.read().refresh_token });
  await whoAmI();
}

export function signOut() {
  tokens.clear();
  show('Signed out.');
}

async function start() {
  document.querySelector('h1').textContent =
    keeping === 'memory'
      ? 'An app that keeps its tokens in memory'
      : 'An app that keeps its tokens in localStorage';
  if (location.pathname === '/callback') {
    if (query.get('state') !== sessionStorage.getItem('state') || !query.has('code')) {
      return show(`The sign-in failed: ${query.get('error') ?? 'unknown state'}.`);
    }
    await redeem({
      grant_type: 'authorization_code',
      code: query.get('code'),
      code_verifier: sessionStorage.getItem('verifier'),
      redirect_uri: redirectUri,
    });
  }
  history.replaceState(null, '', '/');
  let me = tokens.read() && (await whoAmI());
  if (tokens.read() && !me) {
    await timePasses().catch(() => tokens.clear());
    me = tokens.read() && (await whoAmI());
  }
  if (!me) return signIn();
  show(`Signed in as ${me.claims.name}.`);
  // As apps do that show something current.
  setInterval(() => tokens.read() && whoAmI(), 1_000);
  // The other modules of the page are there by then.
  setTimeout(() => dispatchEvent(new Event('app-ready')));
}

async function signIn() {
  const verifier = random();
  const state = random();
  sessionStorage.setItem('verifier', verifier);
  sessionStorage.setItem('state', state);
  location.assign(await authorizeUrl(verifier, state, {}));
}

async function redeem(parameters) {
  const body = new URLSearchParams({ client_id: settings.clientId, ...parameters });
  const answer = await fetch('/token', { method: 'POST', body });
  if (!answer.ok) throw new Error('The provider refused.');
  tokens.write(await answer.text());
}

export async function authorizeUrl(verifier, state, more) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const parameters = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    ...more,
  };
  return `${settings.issuer}/auth?${new URLSearchParams(parameters)}`;
}

export function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function show(text) {
  document.querySelector('#who').textContent = text;
  document.querySelector('#storage').textContent = localStorage.getItem('tokens') ?? 'empty';
}
