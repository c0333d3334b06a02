import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Frame, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  acceptWebSocket,
  createEventStream,
  htmlAnswer,
  startAuthorizationServer,
  startUpstream,
  type Upstream,
} from '../src/index.ts';
import {
  type Finding,
  findChromium,
  type Place,
  type Secret,
  tokenScanArguments,
  watchForTokens,
} from '../src/playwright/index.ts';

let browser: Browser;
let as: AuthorizationServer;
let site: Upstream;

beforeAll(async () => {
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: tokenScanArguments,
    ...(executablePath ? { executablePath } : {}),
  });
  as = await startAuthorizationServer();
  site = await startUpstream();
  site.on('*', 'always', () => htmlAnswer('<!doctype html><title>clean</title><p>Nothing to see.'));
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await as?.close();
});

const serve = (path: string, html: string, headers: Record<string, string> = {}) =>
  site.on(path, 'always', () => htmlAnswer(html, 200, headers));
const serveScript = (path: string, script: string) =>
  site.on(path, 'always', () => ({
    status: 200,
    headers: { 'content-type': 'text/javascript' },
    body: script,
  }));
const serveText = (path: string, body: string) =>
  site.on(path, 'always', () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body }));

describe('a token planted in', () => {
  // One journey plants a credential of its own kind in every place; one search must find each where it is.
  const journey = new Map<string, Finding[]>();
  const planted: Secret[] = [];
  const plant = (name: string) => {
    const secret = { kind: name, value: `planted-${randomBytes(24).toString('base64url')}` };
    planted.push(secret);
    return secret.value;
  };
  /** Script gets the token backwards, so that neither its source nor an argument holds it. */
  const run = (target: Page | Frame, token: string, script: string) =>
    target.evaluate(
      `(async () => { const token = [...${JSON.stringify([...token].reverse().join(''))}].reverse().join(''); ${script} })()`,
    );

  const inPage: [name: string, place: Place, script: string][] = [
    ['localStorage for a moment', 'local-storage', 'localStorage.setItem("k", token); localStorage.clear()'],
    ['localStorage', 'local-storage', 'localStorage.setItem("k", token)'],
    ['a key of localStorage', 'local-storage', 'localStorage.setItem(token, 1)'],
    ['sessionStorage', 'session-storage', 'sessionStorage.setItem("k", token)'],
    ['document.cookie', 'cookie', 'document.cookie = "t=" + token'],
    ['a value in IndexedDB', 'indexed-db', 'await store({ deep: [token] }, "value")'],
    ['a blob in IndexedDB', 'indexed-db', 'await store(new Blob([token]), "blob")'],
    ['bytes in IndexedDB', 'indexed-db', 'await store(new TextEncoder().encode(token), "bytes")'],
    ['a key of IndexedDB', 'indexed-db', 'await store(1, token)'],
    [
      'a body in Cache Storage',
      'cache-storage',
      'await (await caches.open("c")).put("/1", new Response(token))',
    ],
    [
      'a header in Cache Storage',
      'cache-storage',
      'await (await caches.open("c")).put("/2", new Response("", { headers: { "x-t": token } }))',
    ],
    ['a name in Cache Storage', 'cache-storage', 'await caches.open(token)'],
    ['the page as text', 'dom', 'document.body.append(token)'],
    ['an attribute', 'dom', 'document.body.dataset.t = token'],
    ['a form field', 'dom', 'document.querySelector("#i").value = token'],
    ['an open shadow root', 'dom', 'shadow("open").append(token)'],
    ['a closed shadow root', 'dom', 'shadow("closed").append(token)'],
    [
      'a field in a closed shadow root',
      'dom',
      'const field = document.createElement("input"); shadow("closed").append(field); field.value = token',
    ],
    ['window.name', 'dom', 'window.name = token'],
    ['the title', 'dom', 'document.title = token'],
    ['the fragment', 'url', 'location.hash = token'],
    [
      'a pushed URL',
      'history',
      'history.pushState({}, "", "/pushed?t=" + token); history.pushState({}, "", "/away")',
    ],
    ['history.state', 'history', 'history.replaceState({ t: token }, "")'],
    ['a requested URL', 'url', 'await fetch("/x?t=" + token)'],
    [
      'a request header',
      'request-header',
      'await fetch("/x", { headers: { authorization: "Bearer " + token } })',
    ],
    ['a request body', 'request-body', 'await fetch("/x", { method: "POST", body: token })'],
    ['the console', 'console', 'console.log("got", token)'],
    ['an object in the console', 'console', 'console.log({ deep: { token: "x".repeat(300) + token } })'],
    ['an uncaught error', 'console', 'setTimeout(() => { throw new Error(token) })'],
    ['memory', 'heap', 'globalThis.keep1 = (() => { const t = { token }; return () => t; })()'],
    ['a closure', 'heap', 'let t = JSON.parse(JSON.stringify([token])); globalThis.keep2 = () => t'],
    [
      'a long string in memory',
      'heap',
      'globalThis.keep3 = JSON.parse(JSON.stringify(["x".repeat(5000) + token]))',
    ],
    [
      'a rope in memory',
      'heap',
      'const all = [...token]; globalThis.keep4 = [all.slice(0, 16).join(""), all.slice(16).join("")]; globalThis.rope = keep4[0] + keep4[1]',
    ],
  ];
  const elsewhere: [name: string, place: Place, where: string][] = [
    ['an HttpOnly cookie', 'cookie', 't2 of 127.0.0.1'],
    ['a Set-Cookie header', 'response-header', 'set-cookie of '],
    ['a response header', 'response-header', 'x-token of '],
    ['a header of a redirect', 'response-header', 'x-token of '],
    ['the target of a redirect', 'response-header', 'location of '],
    ['a response body', 'response-body', '/read'],
    ['a body that the page does not read', 'response-body', '/not-read'],
    ['a body in base64', 'response-body', '/encoded'],
    ['a body that never ends, over many chunks', 'response-body', '/stream'],
    ['an event stream', 'event-stream', '/events'],
    ['a WebSocket message received', 'web-socket', 'received from '],
    ['a WebSocket message sent', 'web-socket', 'sent to '],
    ['what a service worker fetches', 'response-body', '/for-service-worker'],
    ['the memory of a service worker', 'heap', 'service_worker '],
    ['what a worker fetches', 'response-body', '/for-worker'],
    ['the memory of a worker', 'heap', 'worker '],
    ['the memory of a shared worker', 'heap', 'shared_worker '],
    ['a popup', 'dom', '/popup'],
    ['the text of a cross-site frame', 'dom', 'http://localhost'],
    ['the memory of a cross-site frame', 'heap', 'http://localhost'],
    ['a closed shadow root of a cross-site frame', 'dom', 'http://localhost'],
    ['the storage of an origin left behind', 'local-storage', 'http://127.0.0.3'],
  ];

  beforeAll(async () => {
    const foreign = site.url.replace('127.0.0.1', 'localhost');
    const left = await startUpstream({ host: '127.0.0.3' });
    left.on('*', 'always', () => htmlAnswer('<!doctype html><title>left</title>'));
    const whole = await browser.newContext();
    const wholeWatch = await watchForTokens(whole, { secrets: () => planted });
    const tab = await wholeWatch.newPage();

    await tab.goto(left.url);
    await run(tab, plant('the storage of an origin left behind'), 'localStorage.setItem("k", token)');

    const header = plant('a header of a redirect');
    const target = plant('the target of a redirect');
    const cookies = [plant('a Set-Cookie header'), plant('an HttpOnly cookie')];
    const setCookie = cookies.map(
      (token, at) => `t${at + 1}=${token}; HttpOnly${at === 0 ? '; Max-Age=0' : ''}`,
    );
    site.on('/away', 'once', () => ({
      status: 302,
      headers: { location: `/landed?${target}`, 'x-token': header, 'set-cookie': setCookie },
    }));
    await tab.goto(`${site.url}/away`);

    serve('/framed', '<!doctype html><title>framed</title>');
    serve('/popup', `<!doctype html><p>${plant('a popup')}`);
    serve('/main', `<!doctype html><p>main<input id=i><iframe src="${foreign}/framed"></iframe>`);
    await tab.goto(`${site.url}/main`);
    const frame = tab.frames().find((one) => one.url().includes('/framed'));
    if (!frame) throw new Error('The cross-site frame did not load.');
    await run(frame, plant('the text of a cross-site frame'), 'document.body.append(token)');
    await run(frame, plant('the memory of a cross-site frame'), 'globalThis.kept = { token }');
    const closed = 'document.body.attachShadow({ mode: "closed" }).append(token)';
    await run(frame, plant('a closed shadow root of a cross-site frame'), closed);

    await tab.evaluate(`globalThis.shadow = (mode) => {
      const host = document.createElement("div");
      document.body.append(host);
      return host.attachShadow({ mode });
    };
    globalThis.store = (value, key) => new Promise((done, fail) => {
      const open = indexedDB.open("db", 1);
      open.onupgradeneeded = () => open.result.createObjectStore("s");
      open.onerror = fail;
      open.onsuccess = () => {
        const put = open.result.transaction("s", "readwrite").objectStore("s").put(value, key);
        put.onsuccess = () => { open.result.close(); done(); };
      };
    });`);
    for (const [name, , script] of inPage) await run(tab, plant(name), script);

    const [apart, together] = ['a response header', 'a response body'].map(plant);
    site.on('/read', 'always', () => ({
      status: 200,
      headers: { 'x-token': apart ?? '' },
      body: together ?? '',
    }));
    serveText('/not-read', plant('a body that the page does not read'));
    serveText('/encoded', Buffer.from(`x${plant('a body in base64')}`).toString('base64'));
    await tab.evaluate('fetch("/read").then((r) => r.text()).then(() => {})');
    await tab.evaluate('fetch("/not-read").then(() => {})');
    await tab.evaluate('fetch("/encoded").then((r) => r.text()).then(() => {})');

    // Character by character, so that the recorder meets some of it in its buffer and the rest as it comes.
    const streamed = plant('a body that never ends, over many chunks');
    site.on('/stream', 'always', () => ({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: (async function* () {
        yield 'start ';
        for (const character of streamed) {
          yield character;
          await sleep(10);
        }
        yield '.';
        await new Promise(() => {});
      })(),
    }));
    await tab.evaluate(`new Promise((done) => fetch("/stream").then(async (response) => {
      let text = "";
      for await (const chunk of response.body) if ((text += new TextDecoder().decode(chunk)).endsWith(".")) done();
    })).then(() => {})`);

    const events = createEventStream();
    site.on('/events', 'once', events.handler);
    await tab.evaluate(
      'globalThis.source = new EventSource("/events"); globalThis.event = new Promise((done) => { source.onmessage = done }); 0',
    );
    await events.opened;
    events.send(JSON.stringify({ t: plant('an event stream') }));
    await tab.evaluate('event.then(() => {})');

    const received = plant('a WebSocket message received');
    site.onUpgrade(async (request, socket, head) => {
      const webSocket = await acceptWebSocket(request, socket, head);
      webSocket.on('message', () => webSocket.send(`hello ${received}`));
    });
    const socketUrl = `${site.url.replace('http', 'ws')}/ws`;
    const converse = `await new Promise((done) => {
      const socket = new WebSocket("${socketUrl}");
      socket.onopen = () => socket.send("I have " + token);
      socket.onmessage = done;
    })`;
    await run(tab, plant('a WebSocket message sent'), converse);

    const keep = (token: string) =>
      `self.kept = [...${JSON.stringify([...token].reverse().join(''))}].reverse().join('');`;
    const say = 'self.onconnect = (e) => e.ports[0].postMessage(1);';
    serveText('/for-service-worker', plant('what a service worker fetches'));
    serveText('/for-worker', plant('what a worker fetches'));
    const installed =
      'self.addEventListener("install", (e) => e.waitUntil(fetch("/for-service-worker").then((r) => r.text())));';
    serveScript('/sw.js', `${keep(plant('the memory of a service worker'))}${installed}`);
    serveScript(
      '/worker.js',
      `${keep(plant('the memory of a worker'))}fetch("/for-worker").then((r) => r.text()).then(() => postMessage(1))`,
    );
    serveScript('/shared.js', `${keep(plant('the memory of a shared worker'))}${say}`);
    await tab.evaluate(
      'navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then(() => {})',
    );
    await tab.evaluate(
      'new Promise((done) => { globalThis.w = new Worker("/worker.js"); w.onmessage = done; }).then(() => {})',
    );
    await tab.evaluate(
      'new Promise((done) => { globalThis.s = new SharedWorker("/shared.js"); s.port.onmessage = done; }).then(() => {})',
    );

    const [popup] = await Promise.all([
      whole.waitForEvent('page'),
      tab.evaluate('void window.open("/popup")'),
    ]);
    await popup.waitForLoadState();

    const { findings } = await wholeWatch.findTokens();
    for (const finding of findings)
      journey.set(finding.kind, [...(journey.get(finding.kind) ?? []), finding]);
    await whole.close();
    await left.close();
  }, 60_000);

  it.each(inPage)('%s', (name, place) => {
    expect(journey.get(name)?.map((finding) => finding.place)).toContain(place);
  });

  it.each(elsewhere)('%s', (name, place, where) => {
    const found = journey.get(name)?.filter((finding) => finding.place === place) ?? [];
    const wheres = found.map((finding) => finding.where);
    expect(wheres.filter((one) => one.startsWith(where) || one.endsWith(where))).not.toEqual([]);
  });

  it('memory is found nowhere else', () => {
    for (const name of ['memory', 'a closure', 'a long string in memory', 'the memory of a shared worker']) {
      expect(new Set(journey.get(name)?.map((finding) => finding.place))).toEqual(new Set(['heap']));
    }
  });
});

describe('a token written as', () => {
  it('base64 at any alignment, hex, a part of it, decoded claims', async () => {
    const forms: [string, (token: string) => string][] = [
      ['base64', (token) => Buffer.from(token).toString('base64')],
      ['base64 one byte later', (token) => Buffer.from(`x${token}`).toString('base64')],
      ['base64 two bytes later', (token) => Buffer.from(`xy${token}z`).toString('base64')],
      ['base64url in JSON', (token) => Buffer.from(JSON.stringify({ t: token })).toString('base64url')],
      ['hex', (token) => Buffer.from(token).toString('hex')],
      ['four fifths of it', (token) => token.slice(0, Math.ceil(token.length * 0.8))],
      ['its last part', (token) => token.slice(-60)],
    ];
    const secrets: Secret[] = [];
    const other = await browser.newContext();
    const otherWatch = await watchForTokens(other, { secrets: () => secrets });
    const otherPage = await otherWatch.newPage();
    await otherPage.goto(`${site.url}/clean`);
    for (const [name, encode] of forms) {
      const opaqueToken = `opaque-${randomBytes(40).toString('base64url')}`;
      for (const [kind, value] of [
        [`opaque as ${name}`, opaqueToken],
        [`JWT as ${name}`, await as.issueAccessToken()],
      ] as const) {
        secrets.push({ kind, value });
        await otherPage.evaluate(
          ([key = '', text]) => Reflect.set(globalThis, key, text),
          [kind, encode(value)],
        );
      }
    }
    const [claimed] = as.canaries().slice(-1);
    if (!claimed) throw new Error('no canary');
    secrets.push({ ...claimed, value: await as.issueAccessToken(), kind: 'claims' });
    await otherPage.evaluate(
      (text) => Reflect.set(globalThis, 'claims', text),
      `{"jti":"${claimed.marker}"}`,
    );
    const { findings } = await otherWatch.findTokens();
    const kinds = new Set(findings.map(({ kind }) => kind));
    for (const { kind } of secrets) expect(kinds).toContain(kind);
    await other.close();
  });

  it('URL-encoded, once or twice, or escaped for JSON or HTML, when it has characters that change', async () => {
    const secret = 'a:b%+&é"<quoted> secret/value';
    const other = await browser.newContext();
    const otherWatch = await watchForTokens(other, {
      secrets: () => [{ kind: 'client_secret', value: secret }],
    });
    const otherPage = await otherWatch.newPage();
    const forms = [
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)),
      new URLSearchParams({ s: secret }).toString(),
      JSON.stringify({ secret }),
      'a:b%+&amp;é&quot;&lt;quoted&gt; secret/value',
    ];
    for (const [at, form] of forms.entries()) {
      serveText(`/form-${at}`, form);
      await otherPage.goto(`${site.url}/form-${at}`);
    }
    const { findings } = await otherWatch.findTokens();
    const bodies = findings.filter(({ place }) => place === 'response-body').map(({ where }) => where);
    expect(new Set(bodies)).toEqual(new Set(forms.map((_, at) => `${site.url}/form-${at}`)));
    await other.close();
  });
});
