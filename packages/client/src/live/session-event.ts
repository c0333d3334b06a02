import type { SessionEvent } from '@coatcheck/protocol';
import { parseSessionView, reasonOf } from '../answers.ts';
import { isRecord } from '../json.ts';

/** Reads an event of `GET /bff/events`; null where this version does not know it. */
export function parseSessionEvent(data: unknown): SessionEvent | null {
  if (!isRecord(data)) return null;
  const { type } = data;
  switch (type) {
    case 'session':
    case 'extended':
    case 'about-to-expire':
    case 'claims-changed': {
      const session = parseSessionView(data.session);
      return session?.authenticated ? { type, session } : null;
    }
    case 'ended':
    case 'replaced':
      return { type, reason: reasonOf(data.reason) };
    case 'reconnect':
      return { type };
    default:
      return null;
  }
}

/** What the data of a server-sent event says; null where it is no event of ours. */
export function eventIn(data: string): SessionEvent | null {
  try {
    return parseSessionEvent(JSON.parse(data));
  } catch {
    return null;
  }
}
