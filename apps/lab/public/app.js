// A single-page app as many tutorials have it: code flow with PKCE in the browser, tokens in localStorage.
const settings = await (await fetch('/settings.json')).json();
const scope = 'openid profile email offline_access notes:read';
const redirectUri = `${location.origin}/callback`;

const app = {
  settings,
  tokens: () => JSON.parse(localStorage.getItem('tokens') ?? 'null'),
  async refresh() {
    const { refresh_token } = app.tokens();
    await redeem({ grant_type: 'refresh_token', refresh_token });
  },
  async whoAmI() {
    const answer = await fetch('/api/me', {
      headers: { Authorization: `Bearer ${app.tokens().access_token}` },
    });
    return answer.ok ? answer.json() : null;
  },
  signOut() {
    localStorage.clear();
    show('Signed out.');
  },
};
globalThis.app = app;

// A frame that comes back from the provider is not the app.
if (window === top) await start();

async function start() {
  const query = new URLSearchParams(location.search);
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
    history.replaceState(null, '', '/');
  } else if (query.has('attack')) {
    sessionStorage.setItem('attack', query.get('attack'));
    history.replaceState(null, '', '/');
  }
  let me = app.tokens() && (await app.whoAmI());
  if (app.tokens() && !me) {
    await app.refresh().catch(() => localStorage.clear());
    me = app.tokens() && (await app.whoAmI());
  }
  if (!me) return signIn();
  show(`Signed in as ${me.claims.name}.`);
  dispatchEvent(new Event('app-ready'));
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
  localStorage.setItem('tokens', await answer.text());
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
