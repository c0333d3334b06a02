import type { Page, PageChannel } from './page.ts';
import { parseTabMessage, type TabMessage } from './tab-message.ts';

export interface PageReactions {
  onFocus(): void;
  onOnline(): void;
  onSuspended(): void;
  onRestored(): void;
  onResumed(): void;
  onMessage(message: TabMessage): void;
}

export interface PageWatch {
  /** Tells the other tabs. */
  tell(message: TabMessage): void;
  /** Whether other tabs can be told at all. */
  readonly hasChannel: boolean;
  stop(): void;
}

/**
 * Listens to everything from outside that makes the session worth another look.
 *
 * @param channelName null to leave the other tabs alone
 */
export function watchPage(page: Page, channelName: string | null, reactions: PageReactions): PageWatch {
  let channel: PageChannel | null = null;
  const openChannel = () => {
    if (channelName === null || channel !== null) return;
    channel = page.openChannel(channelName, (data) => {
      const message = parseTabMessage(data);
      if (message !== null) reactions.onMessage(message);
    });
  };
  // A message would throw a page out of the back/forward cache, and reach a frozen one when it is old.
  const closeChannel = () => {
    channel?.close();
    channel = null;
  };

  openChannel();
  const endings = [
    page.on('focus', reactions.onFocus),
    page.on('online', reactions.onOnline),
    page.on('suspended', () => {
      reactions.onSuspended();
      closeChannel();
    }),
    page.on('restored', () => {
      openChannel();
      reactions.onRestored();
    }),
    page.on('resumed', () => {
      openChannel();
      reactions.onResumed();
    }),
  ];
  return {
    tell: (message) => channel?.post(message),
    hasChannel: channel !== null,
    stop() {
      for (const end of endings) end();
      closeChannel();
    },
  };
}
