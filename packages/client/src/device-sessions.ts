import type { DeviceSessionView } from '@coatcheck/protocol';
import { parseDeviceSessions } from './answers.ts';
import { type Ask, jsonOf, orThrow } from './ask.ts';
import { CoatcheckError, unexpectedAnswer } from './errors.ts';
import { isRecord } from './json.ts';
import { shareReads } from './shared-read.ts';

/** One of the person's sessions, in whatever browser. Times are on this device's clock. */
export interface DeviceSession {
  /** A name for this session that opens nothing. */
  id: string;
  /** `Chrome on Linux` */
  device: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The session of this browser. */
  current: boolean;
}

/** All sessions of the person who is signed in. */
export interface DeviceSessions {
  /**
   * Asks for the list, newest use first; callers at the same time share one call.
   *
   * @throws CoatcheckError `session_required` where nobody is signed in, or why there was no answer
   */
  sessions(): Promise<DeviceSession[]>;
  /**
   * Ends one of them; one that is over already is fine. To end the one at hand, `logout()` is better: it ends the
   * provider's session too.
   *
   * @throws CoatcheckError as `sessions`
   */
  endSession(id: string): Promise<void>;
  /**
   * Ends all but the one at hand; resolves to how many.
   *
   * @throws CoatcheckError as `sessions`
   */
  endOtherSessions(): Promise<number>;
}

/**
 * @param path of the list
 * @param now milliseconds since the epoch
 * @param onEnded told after one was ended by its id: it may have been the one at hand
 */
export function createDeviceSessions(
  ask: Ask,
  path: string,
  now: () => number,
  onEnded: () => Promise<unknown>,
): DeviceSessions {
  const list = shareReads(async () => {
    const answer = await ask(path, {});
    if (answer instanceof CoatcheckError) return answer;
    const views = parseDeviceSessions(await jsonOf(answer));
    return views === null
      ? unexpectedAnswer(answer.status)
      : views.map((view) => onThisClock(view, clockOffset(answer, now())));
  });

  /** A list that is under way may show what was ended since. */
  let isOutdated = false;

  return {
    async sessions() {
      const read = isOutdated ? list.renew() : list.join();
      isOutdated = false;
      return orThrow(await read);
    },
    async endSession(id) {
      const answer = await ask(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE' });
      if (answer instanceof CoatcheckError && answer.code === 'not_found') return;
      orThrow(answer);
      isOutdated = true;
      await onEnded();
    },
    async endOtherSessions() {
      const body = await jsonOf(orThrow(await ask(`${path}?others=1`, { method: 'DELETE' })));
      isOutdated = true;
      return isRecord(body) && typeof body.ended === 'number' ? body.ended : 0;
    },
  };
}

/** By how much this device's clock is ahead of the server's (RFC 9110 §6.6.1); 0 where it does not tell. */
function clockOffset(response: Response, now: number): number {
  const sent = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(sent) ? 0 : now - sent;
}

function onThisClock({ createdAt, lastSeenAt, ...rest }: DeviceSessionView, offset: number): DeviceSession {
  const moved = (time: string) => new Date(Date.parse(time) + offset);
  return { ...rest, createdAt: moved(createdAt), lastSeenAt: moved(lastSeenAt) };
}
