import { startUpstream } from '@coatcheck/testing';
import { onTestFinished } from 'vitest';
import { type Rig, startRig } from '../rig.ts';

type Upstream = Rig['upstream'];
type RouteChange = Parameters<typeof startRig>[1];

/** A BFF before so many upstreams, whose route asks for no session. Closed when the test ends. */
export async function startBefore(count: number, route: RouteChange = {}) {
  const upstreams = await Promise.all(Array.from({ length: count }, () => startUpstream()));
  onTestFinished(async () => {
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  });
  const rig = await startRig({}, { session: 'none', upstream: upstreams.map(({ url }) => url), ...route });
  onTestFinished(rig.close);
  const [first, second] = upstreams;
  if (!first) throw new Error('no upstream');
  return { rig, jar: rig.browser(), upstreams, first, second: second ?? first };
}

/** How many calls of the route each got. */
export function hitsOf(upstreams: readonly Upstream[]): number[] {
  return upstreams.map((upstream) => upstream.hits(/^\/api/));
}
