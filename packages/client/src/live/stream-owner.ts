import type { Page } from '../page.ts';
import type { EventLink } from './event-link.ts';
import type { LivePage } from './live-page.ts';
import type { TabMessage } from './tab-message.ts';

/** How long the owner may take to answer. It has nothing else to do, so a silent one is frozen. */
const patience = 3_000;
const retryAfterLoss = 1_000;

export interface StreamOwnerParts {
  page: Page & LivePage;
  /** Name of the Web Lock. Whoever holds it owns the stream. */
  lockName: string;
  tell(message: TabMessage): void;
  openLink(): EventLink;
}

/** This tab's part in having one stream for all tabs of the browser. */
export interface StreamOwner {
  /** Whether there is a session to hear of, and a page that is awake. */
  want(isWanted: boolean): void;
  /** Somebody looks at this page, or the network is back: makes sure that one tab listens. */
  look(): void;
  /** Another tab asks for the owner, or it answers. */
  hear(message: TabMessage): void;
  /** This tab owns the stream, and events arrive. */
  isLive(): boolean;
}

export function createStreamOwner({ page, lockName, tell, openLink }: StreamOwnerParts): StreamOwner {
  let isWanted = false;
  /** Lets go of the lock, or of the place in its queue. */
  let letGo: (() => void) | null = null;
  let link: EventLink | null = null;
  let cancelRollCall = () => {};

  function claim(steal: boolean): void {
    letGo?.();
    letGo = page.holdLock(lockName, {
      steal,
      onHeld() {
        cancelRollCall();
        link = openLink();
      },
      onLost() {
        drop();
        page.after(retryAfterLoss, () => {
          if (isWanted && letGo === null) claim(false);
        });
      },
    });
  }

  function drop(): void {
    cancelRollCall();
    link?.stop();
    link = null;
    letGo = null;
  }

  return {
    want(wanted) {
      if (wanted === isWanted) return;
      isWanted = wanted;
      if (wanted) return claim(false);
      letGo?.();
      drop();
    },
    look() {
      if (!isWanted || letGo === null) return;
      if (link !== null) return link.hurry();
      cancelRollCall();
      // A browser may freeze a page without telling it: it keeps the lock and hears nothing.
      cancelRollCall = page.after(patience, () => claim(true));
      tell({ type: 'who-listens' });
    },
    hear({ type }) {
      if (type === 'who-listens' && link !== null) tell({ type: 'listening' });
      if (type === 'listening') cancelRollCall();
    },
    isLive: () => link?.isLive() ?? false,
  };
}
