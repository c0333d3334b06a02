import {
  authorizationError,
  type Canary,
  faults,
  forge,
  headerValues,
  invalidToken,
  type Jar,
  jsonAnswer,
  type UpstreamExchange,
} from '@coatcheck/testing';
import type { Rig } from '../rig.ts';
import type { Recorder } from './recorder.ts';

/** A credential that strangers put into their own requests: it has no business in a log either. */
export const planted: Canary = {
  kind: 'access_token',
  value: 'canary-planted-9f8e7d6c5b4a39281706f5e4d3c2b1a0',
};

/** What hostile texts say, so that a log line of their own making would be found. */
export const forgedEvent = 'forged.event';
const hostileText = `x\r\n{"level":30,"audit":true,"event":"${forgedEvent}"}\n\u001b[2Jy<script>alert(1)</script>`;

/**
 * A whole life with the BFF and every failure on the way: sign-ins, calls, refreshes and sign-outs, with a provider
 * and an API that quote credentials wherever they can.
 *
 * @returns a browser that is still signed in
 */
export async function liveThrough(rig: Rig, { watch }: Recorder): Promise<Jar> {
  const jar = watch(rig.jar());
  await rig.signIn(jar, { returnTo: '/notes?x=1#y' });
  await callTheApi(rig, jar);
  await failToSignIn(rig, () => watch(rig.jar()));
  await refreshTokens(rig, jar);
  await sendStrangeThings(rig, jar);
  await signOut(rig, () => watch(rig.jar()));
  rig.as.reset();
  rig.upstream.reset();
  return jar;
}

async function callTheApi(rig: Rig, jar: Jar): Promise<void> {
  const { session, extend, providers } = rig.bff.paths;
  await jar.fetch('/api/notes');
  await jar.fetch('/api/notes', { method: 'POST', json: { title: 'x' } });
  await jar.fetch(session);
  await jar.fetch(extend, { method: 'POST' });
  await jar.fetch(providers);
  rig.upstream.on('*', 1, reflectInHeaders);
  await jar.fetch('/api/reflected');
  const [held, leaving] = [rig.upstream.hold('/api/left'), new AbortController()];
  const left = jar.fetch('/api/left', { signal: leaving.signal }).catch(() => undefined);
  await held.arrived;
  leaving.abort();
  await left;
  held.release();
  for (const fault of [invalidToken(), faults.reset(), faults.status(500), faults.rawBytes('x')]) {
    rig.upstream.on('*', 1, fault);
    await jar.fetch('/api/notes');
  }
}

/** An API that shows the request's credential in every field of its answer. */
export function reflectInHeaders({ request }: UpstreamExchange) {
  const [authorization = ''] = headerValues(request, 'authorization');
  const token = authorization.split(' ').at(-1) ?? '';
  const names = ['x-echo', 'authorization', 'link', 'etag', 'content-disposition', 'www-authenticate', 'via'];
  return {
    status: 200,
    headers: {
      ...Object.fromEntries(names.map((name) => [name, `a="${authorization}"`])),
      'set-cookie': `token=${token}; Path=/`,
      trailer: 'x-trailer',
    },
    trailers: { 'x-trailer': authorization },
    interim: [{ status: 103, headers: { link: `</x?t=${token}>; rel=preload` } }],
    body: 'done',
  };
}

async function failToSignIn(rig: Rig, browser: () => Jar): Promise<void> {
  const secret = rig.as.client.clientSecret;
  const quoting = (error: string, status: number) =>
    rig.as.on('token', 'once', ({ request: { text } }) => {
      const description = `${hostileText} ${secret} ${text}`;
      return jsonAnswer(
        { error, error_description: description, error_uri: `https://evil.test/?${text}` },
        status,
      );
    });
  const faultsOfTokens = [
    () => quoting('invalid_grant', 400),
    () => quoting(hostileText, 400),
    () => quoting('server_error', 500),
    () => rig.as.on('token', 'once', faults.truncatedJson()),
    () => rig.as.on('token', 'once', faults.contentType('text/html')),
    () => rig.as.on('token', 'once', faults.cutBody()),
    () => rig.as.on('token', 'once', faults.loseAnswer()),
    () => rig.as.on('token', 'once', faults.hugeJson(2_000_000)),
    () => rig.as.change('tokenResponse', 'once', (members) => ({ ...members, token_type: hostileText })),
    () => rig.as.change('tokenResponse', 'once', (members) => ({ ...members, access_token: [secret] })),
    ...[
      forge.badSignature(),
      forge.algNone(),
      forge.claims({ nonce: secret }),
      forge.claims({ aud: secret }),
    ].map((forgery) => () => rig.as.change('idToken', 'once', forgery)),
    () => rig.as.change('authorizationResponse', 'once', authorizationError('access_denied')),
    () =>
      rig.as.change(
        'authorizationResponse',
        'once',
        authorizationError(hostileText, { error_description: hostileText, error_uri: 'javascript:alert(1)' }),
      ),
  ];
  for (const arrange of faultsOfTokens) {
    arrange();
    const jar = browser();
    await rig.finish(jar, await rig.begin(jar));
  }
}

async function refreshTokens(rig: Rig, jar: Jar): Promise<void> {
  const secret = rig.as.client.clientSecret;
  await rig.advance(301);
  await jar.fetch('/api/notes');
  await rig.advance(301);
  rig.as.on('token', 'once', ({ request }) =>
    jsonAnswer({ error: hostileText, error_description: `${secret} ${request.text}` }, 503),
  );
  await jar.fetch('/api/notes');
  await rig.advance(40);
  rig.as.on('token', 'once', faults.status(500, `<p>${secret}`, { 'content-type': 'text/html' }));
  await jar.fetch('/api/notes');
  await rig.advance(40);
  await jar.fetch('/api/notes');
}

async function sendStrangeThings(rig: Rig, jar: Jar): Promise<void> {
  const { session, login, logout } = rig.bff.paths;
  const callback = rig.bff.paths.callback('main');
  const { value } = planted;
  const headers = {
    authorization: `Bearer ${value}`,
    'x-request-id': JSON.stringify(hostileText),
    'user-agent': `x "${value}"`,
    dpop: value,
  };
  for (const path of [
    `/api/notes?access_token=${value}`,
    `${session}?id_token=${value}`,
    `${callback}?access_token=${value}&id_token=${value}&state=${value}`,
    `${callback}?code=${value}&state=${value}&error=${encodeURIComponent(hostileText)}`,
    `${login}?return_to=//${value}&login_hint=${value}`,
    `${login}?acr_values=${value}&ui_locales=${value}`,
    `/none?code=${value}`,
  ]) {
    await jar.fetch(path, { headers });
    await jar.fetch(path, { headers, site: 'cross-site' });
    await jar.navigate(path, { headers, site: 'same-origin' });
  }
  for (const body of [`{"token":"${value}"`, `{"return_to":"//${value}"}`, `"${value}"`]) {
    await jar.fetch(logout, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }
  const stranger = jar.clone();
  for (const name of jar.cookies.keys()) stranger.setCookie(name, `${value};${value}`);
  await stranger.fetch(session, { headers });
  await stranger.fetch('/api/notes', { headers });
}

async function signOut(rig: Rig, browser: () => Jar): Promise<void> {
  const { logout, logoutCallback } = rig.bff.paths;
  const secret = rig.as.client.clientSecret;
  for (const fault of [faults.status(200), faults.status(503, secret), faults.error(hostileText)]) {
    const jar = browser();
    await rig.signIn(jar);
    rig.as.on('revocation', 'once', fault);
    await jar.fetch(logout, { method: 'POST' });
  }
  const jar = browser();
  await rig.signIn(jar);
  const left = await jar.navigate(logout, { method: 'POST', site: 'same-origin' });
  const state = new URL(left.location ?? rig.bff.url).searchParams.get('state') ?? '';
  await jar.navigate(`${logoutCallback}?state=${state}`, { site: 'cross-site' });
  await jar.fetch('/api/notes');
}
