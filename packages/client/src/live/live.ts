import { channelName, pathsUnder, type SessionEvent } from '@coatcheck/protocol';
import type { Live, SessionClient } from '../contract.ts';
import { CoatcheckError } from '../errors.ts';
import { sessionFrom } from '../session.ts';
import { aboutToExpire, nextDeadline } from './deadline.ts';
import { openEventLink } from './event-link.ts';
import { livePage } from './live-page.ts';
import { createStreamOwner } from './stream-owner.ts';
import { parseTabMessage, type RelayedEvent } from './tab-message.ts';

/** What the server said this short a time ago still holds. Milliseconds. */
const freshness = 1_000;

/**
 * Follows the server while somebody is signed in: its events, passed on from tab to tab, and the ends that are due.
 * Loaded when there is somebody to follow, so that a page pays for it after it is shown.
 *
 * @param events the stream of events is wanted, and tabs hear each other
 */
export function startLive(client: SessionClient, events: boolean): Live {
  const { inside, getState } = client;
  const found = livePage(inside.page);
  // On a server there is nobody to tell.
  if (found === null) return { isLive: () => false, look() {}, hear() {}, stop() {} };
  const page = found;
  /** When the session that is shown was confirmed. */
  let confirmed = page.now();
  let isStopped = false;
  let cancelDeadline = () => {};

  const shown = () => {
    const state = getState();
    return state.status === 'signed-in' ? state.began : null;
  };

  /** Before the events are listened to: does the session still stand? What cannot be asked is no news. */
  async function stands(isFirst: boolean): Promise<boolean> {
    const before = getState();
    if (before.status !== 'signed-in') return false;
    if (isFirst && page.now() - confirmed < freshness) return true;
    const answer = await inside.askSession();
    if (answer instanceof CoatcheckError || before !== getState()) return false;
    if (answer.authenticated) return inside.take(answer).status === 'signed-in';
    const session = sessionFrom(answer, page.now(), before);
    if (session.status === 'signed-out') publish({ type: 'ended', reason: session.reason }, before.began);
    return false;
  }

  /** Tells all tabs, this one included, what the server said about a session. */
  function publish(event: SessionEvent, session: string): void {
    const message: RelayedEvent = { type: 'event', session, at: page.now(), event };
    inside.tell(message);
    hear(message);
  }

  function hear({ session, at, event }: RelayedEvent): void {
    const state = getState();
    if (state.status === 'loading' || state.status === 'signing-out') return;
    if (session !== shown()) {
      // About a session that this page does not show: nothing is believed of it. An end of it changes nothing here.
      if (event.type !== 'ended') void inside.renew();
    } else if (event.type === 'ended') {
      inside.show({ status: 'signed-out', reason: event.reason });
    } else if ('session' in event) {
      const taken = inside.take(event.session, at);
      if (event.type === 'about-to-expire') inside.show(aboutToExpire(taken, page.now()));
    }
  }

  const owner = createStreamOwner({
    page,
    lockName: channelName(client.basePath),
    tell: inside.tell,
    openLink() {
      let session = shown();
      return openEventLink({
        page,
        open: (signal) =>
          client.fetch(pathsUnder(client.basePath).events, { signal, cache: 'no-store', priority: 'low' }),
        stands,
        onEvent(event) {
          if ('session' in event) session = event.session.createdAt;
          // After these two, the link connects again, which shows what is new.
          if (event.type === 'replaced' || event.type === 'reconnect' || session === null) return;
          publish(event, session);
        },
      });
    },
  });

  function follow(): void {
    const state = getState();
    cancelDeadline();
    if (isStopped) return;
    if (state.status === 'signed-in' && !state.stale) confirmed = page.now();
    const wait = nextDeadline(state, page.now());
    cancelDeadline = wait === null ? () => {} : page.after(wait, () => void inside.renew());
    // Kept while signing out: the end of the session is news for the other tabs.
    owner.want(events && (state.status === 'signed-in' || state.status === 'signing-out'));
  }

  const endings = [
    client.subscribe(follow),
    page.on('suspended', () => owner.want(false)),
    page.onFreeze(
      () => owner.want(false),
      () => {
        if (getState().status === 'signing-out') return;
        follow();
        void inside.renew();
      },
    ),
  ];
  follow();
  return {
    isLive: owner.isLive,
    look: owner.look,
    hear(data) {
      const message = parseTabMessage(data);
      if (message?.type === 'event') hear(message);
      else if (message !== null) owner.hear(message);
    },
    stop() {
      isStopped = true;
      cancelDeadline();
      for (const end of endings) end();
      owner.want(false);
    },
  };
}
