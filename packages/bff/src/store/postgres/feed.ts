import { changeIn } from '../change.ts';
import { type Channel, type Line, openChannel } from '../channel.ts';
import type { StoreClock } from '../clock.ts';
import { createListeners } from '../listeners.ts';
import { openOwnClient } from './database.ts';
import { unavailable } from './failure.ts';
import { askForSchema } from './schema.ts';
import type { PostgresTarget } from './target.ts';

/** A feed over LISTEN and NOTIFY. */
export interface ListeningFeed extends Pick<Channel<Line>, 'feed' | 'told' | 'close'> {
  /** The name of the channel that statements notify. */
  readonly name: string;
}

/**
 * Listens on a connection of its own. Whoever commits a change has signalled the server process behind this connection
 * before it gets its answer, and that process sends what it was notified of before it answers anything else: so an
 * answer here proves that every change committed before the question has been told.
 */
export async function listen(target: PostgresTarget, clock: StoreClock): Promise<ListeningFeed> {
  const name = `${target.schema}.changes`;
  const question = askForSchema(target);
  const listeners = createListeners();

  async function connect(lost: (why: unknown) => void, signal: AbortSignal): Promise<Line> {
    const { client, drop } = await openOwnClient(target, lost, signal);
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === name) listeners.tell(changeIn(payload));
    });
    await client.query(`LISTEN "${name}"`);
    let beats = 0;
    return {
      async beat() {
        // The schema is gone when somebody dropped it: no change was told of that.
        await client.query(question);
        beats += 1;
      },
      answers: () => beats,
      drop,
    };
  }

  const failure = (why: unknown) => unavailable(why, target);
  const channel = await openChannel({ connect, failure, listeners, clock, timeout: target.timeout });
  return { ...channel, name };
}
