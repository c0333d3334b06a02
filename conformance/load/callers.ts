import { Agent, request } from 'node:http';
import type { Jar } from '@coatcheck/testing';
import type { Rig } from '../rig.ts';

/** How callers use connections: a new one for each call, or one each for as long as the server keeps it. */
export type Connections = 'new' | 'kept';

export interface Load {
  /** Calls so far that got through. */
  readonly served: number;
  /** Everything else: a status, or the error of a connection. */
  readonly lost: readonly string[];
  /** Lets the calls under way end. */
  stop(): Promise<void>;
}

/**
 * Calls the API over and over, each caller one call after the other, in turn as GET and as POST. Nothing is ever tried
 * again here: a call that is not answered with 200 is lost.
 */
export function startLoad(rig: Rig, people: readonly Jar[], callers: number, connections: Connections): Load {
  const lost: string[] = [];
  let served = 0;
  let going = true;
  const agents = Array.from(
    { length: callers },
    () => new Agent({ keepAlive: connections === 'kept', maxSockets: 1 }),
  );
  const work = agents.map(async (agent, caller) => {
    for (let round = 0; going; round += 1) {
      const jar = people[(caller + round) % people.length];
      const outcome = await call(rig, jar?.cookies.values() ?? [], agent, round % 3 === 2 ? 'POST' : 'GET');
      if (outcome === '200') served += 1;
      else lost.push(outcome);
    }
    agent.destroy();
  });
  return {
    get served() {
      return served;
    },
    lost,
    async stop() {
      going = false;
      await Promise.all(work);
    },
  };
}

function call(
  rig: Rig,
  cookies: Iterable<{ name: string; value: string }>,
  agent: Agent,
  method: 'GET' | 'POST',
): Promise<string> {
  const done = Promise.withResolvers<string>();
  const headers = {
    cookie: [...cookies].map(({ name, value }) => `${name}=${value}`).join('; '),
    'sec-fetch-site': 'same-origin',
    ...(method === 'POST' ? { origin: rig.bff.url, 'content-type': 'application/json' } : {}),
  };
  const sent = request(`${rig.bff.url}/api/notes`, { agent, method, headers }, (answer) => {
    answer.resume();
    answer.on('end', () => done.resolve(String(answer.statusCode)));
    answer.on('error', (error) => done.resolve(`cut: ${error.message}`));
  });
  sent.on('error', (error) => done.resolve(`${sent.reusedSocket ? 'kept' : 'new'}: ${error.message}`));
  sent.end(method === 'POST' ? '{"title":"x"}' : undefined);
  return done.promise;
}
