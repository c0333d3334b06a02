import type { Session, SessionClient } from '@coatcheck/client';
import { createEffect, createRoot } from 'solid-js';
import { createApp, defineComponent, h } from 'vue';
import { createSession } from '../examples/adapters/solid.ts';
import { sessionStore } from '../examples/adapters/svelte.ts';
import { useSession } from '../examples/adapters/vue.ts';
import type { Mount } from './stage.ts';

export const mountVue: Mount = (place, { client }) => {
  const app = createApp(
    defineComponent(() => {
      const session = useSession(client);
      return () => [
        h('p', wordsFor(session.value)),
        session.value.status === 'signed-in'
          ? h('button', { onClick: () => client.logout() }, 'Sign out')
          : h('button', { onClick: () => client.login() }, 'Sign in'),
      ];
    }),
  );
  app.mount(place);
  return () => app.unmount();
};

/** By the store alone: what a compiled component does with `$session`. */
export const mountSvelte: Mount = (place, { client }) =>
  sessionStore(client).subscribe((session) => render(place, session, client));

/** By the signal alone: what compiled markup does with `session()`. */
export const mountSolid: Mount = (place, { client }) =>
  createRoot((dispose) => {
    const session = createSession(client);
    createEffect(() => render(place, session(), client));
    return dispose;
  });

function render(place: HTMLElement, session: Session, client: SessionClient): void {
  const text = document.createElement('p');
  text.textContent = wordsFor(session);
  const button = document.createElement('button');
  const isSignedIn = session.status === 'signed-in';
  button.textContent = isSignedIn ? 'Sign out' : 'Sign in';
  button.onclick = () => (isSignedIn ? void client.logout() : client.login());
  place.replaceChildren(text, button);
}

function wordsFor(session: Session): string {
  return session.status === 'signed-in' ? `Hello ${session.user.name}` : session.status;
}
