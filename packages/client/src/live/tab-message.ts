import type { SessionEvent } from '@coatcheck/protocol';
import { parseSessionEvent } from './session-event.ts';

/**
 * An event of the server as one tab tells it to the others. It goes to pages of this origin only, each of which could
 * ask the server for the same. Even so it can only move, renew or end the session that a page shows already, and
 * never sign anybody in: of all else the server is asked.
 */
export interface RelayedEvent {
  type: 'event';
  /** When the session began, by the server's clock: says which session this is about. */
  session: string;
  /** When the event arrived, in milliseconds since the epoch: a tab that was asleep reads it late. */
  at: number;
  event: SessionEvent;
}

/** What tabs that follow the server say to each other. */
export type TabMessage = RelayedEvent | { type: 'who-listens' } | { type: 'listening' };

/** Reads a message from another tab, which may run another version; null where it is none of these. */
export function parseTabMessage(message: Record<string, unknown>): TabMessage | null {
  switch (message.type) {
    case 'who-listens':
    case 'listening':
      return { type: message.type };
    case 'event': {
      const { session, at } = message;
      const event = parseSessionEvent(message.event);
      if (typeof session !== 'string' || typeof at !== 'number' || event === null) return null;
      return { type: 'event', session, at, event };
    }
    default:
      return null;
  }
}
