import type { Origins } from './origins.ts';

/** How a watched upstream stands: `up` gets calls, the others do not, `half-open` but for one at a time. */
export type UpstreamStanding = 'up' | 'unhealthy' | 'open' | 'half-open';

/** How the upstreams of the routes stand that watch theirs. */
export interface Standings {
  /** @param route its prefix */
  add(route: string, origins: Origins): void;
  /** By route, and by origin. */
  read(): Record<string, Record<string, UpstreamStanding>>;
  /** In the Prometheus text format, version 0.0.4; empty where nothing is watched. */
  render(): string;
}

/** @param now milliseconds since the epoch */
export function createStandings(now: () => number): Standings {
  const routes = new Map<string, Origins>();

  const read = () =>
    Object.fromEntries(
      [...routes].map(([route, { all }]) => [
        route,
        Object.fromEntries(
          all.map(({ settings, breaker, health }) => {
            const circuit = breaker?.state(now()) ?? 'closed';
            const standing: UpstreamStanding =
              health?.isHealthy === false ? 'unhealthy' : circuit === 'closed' ? 'up' : circuit;
            return [settings.origin, standing];
          }),
        ),
      ]),
    );
  return {
    add(route, origins) {
      if (origins.all.some(({ breaker, health }) => breaker !== null || health !== null)) {
        routes.set(route, origins);
      }
    },
    read,
    render() {
      if (routes.size === 0) return '';
      const rows = Object.entries(read()).flatMap(([route, upstreams]) =>
        Object.entries(upstreams).map(([origin, standing]) => ({ route, origin, standing })),
      );
      const lines = rows.map(
        ({ route, origin, standing }) =>
          `coatcheck_upstream_up{route="${route}",upstream="${origin}"} ${standing === 'up' ? 1 : 0}`,
      );
      return [
        '# HELP coatcheck_upstream_up Whether calls go to an upstream: 1, or 0 while it fails its checks or its circuit is open.',
        '# TYPE coatcheck_upstream_up gauge',
        ...lines,
      ]
        .map((line) => `${line}\n`)
        .join('');
    },
  };
}
