import type { ChannelMessage } from '@coatcheck/protocol';
import { isRecord } from './json.ts';
import type { Page } from './page.ts';

export interface PageReactions {
  onFocus(): void;
  onOnline(): void;
  onRestored(): void;
  /** Another tab says that the session changed. That is a hint only: the server is asked. */
  onChanged(message: ChannelMessage): void;
}

export interface PageWatch {
  /** Tells the other tabs. */
  tell(message: ChannelMessage): void;
  stop(): void;
}

/**
 * Listens to everything from outside that makes the session worth another look.
 *
 * @param channelName null to leave the other tabs alone
 */
export function watchPage(page: Page, channelName: string | null, reactions: PageReactions): PageWatch {
  const channel =
    channelName === null
      ? null
      : page.openChannel(channelName, (message) => {
          if (isChannelMessage(message)) reactions.onChanged(message);
        });
  const endings = [
    page.on('focus', reactions.onFocus),
    page.on('online', reactions.onOnline),
    page.on('restored', reactions.onRestored),
  ];
  return {
    tell: (message) => channel?.post(message),
    stop() {
      for (const end of endings) end();
      channel?.close();
    },
  };
}

function isChannelMessage(message: unknown): message is ChannelMessage {
  return isRecord(message) && (message.type === 'changed' || message.type === 'signed-out');
}
