import { upstreamPaths } from '../surroundings/upstream.ts';

/** Of the event stream, below every target. */
export const eventsPath = `${upstreamPaths.prefix}/events`;
/** Takes {@link Order}s; no target forwards it. */
export const controlPath = '/control';

/** What the process with both ends of the streams can be told to do. */
export type Order =
  | {
      readonly do: 'open';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly count: number;
    }
  | { readonly do: 'fan out'; readonly seconds: number }
  | { readonly do: 'close' };

/** Reads an order from JSON. @throws for anything else */
export function readOrder(json: unknown): Order {
  if (typeof json === 'object' && json !== null && 'do' in json) {
    if (json.do === 'close') return { do: 'close' };
    if (json.do === 'fan out' && 'seconds' in json) return { do: 'fan out', seconds: Number(json.seconds) };
    if (json.do === 'open' && 'url' in json && 'count' in json && 'headers' in json) {
      const headers = typeof json.headers === 'object' && json.headers !== null ? json.headers : {};
      return {
        do: 'open',
        url: String(json.url),
        count: Number(json.count),
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      };
    }
  }
  throw new Error('no such order');
}
