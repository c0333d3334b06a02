import type { SessionClient } from '@coatcheck/client';

export function mount(place: HTMLElement, { client }: { client: SessionClient }): () => void {
  const text = document.createElement('p');
  const signIn = button('Sign in', () => client.login());
  const signOut = button('Sign out', () => void client.logout());
  place.replaceChildren(text, signIn, signOut);

  function show(): void {
    const session = client.getState();
    signIn.hidden = session.status === 'signed-in';
    signOut.hidden = session.status !== 'signed-in';
    switch (session.status) {
      case 'signed-in':
        text.textContent = `${session.user.name} is signed in${session.stale ? ', as far as we know' : ''}.`;
        break;
      case 'signed-out':
        text.textContent = `Nobody is signed in: ${session.reason}.`;
        break;
      case 'unavailable':
        text.textContent = `The server does not answer: ${session.error.detail}`;
        break;
      default:
        text.textContent = 'One moment…';
    }
  }

  const stop = client.subscribe(show);
  show();
  void client.load();
  return stop;
}

function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.textContent = label;
  element.onclick = onClick;
  return element;
}
