/** Where in a browser a credential can be. */
export type Place =
  | 'cookie'
  | 'local-storage'
  | 'session-storage'
  | 'indexed-db'
  | 'cache-storage'
  | 'url'
  | 'history'
  | 'request-header'
  | 'request-body'
  | 'response-header'
  | 'response-body'
  | 'event-stream'
  | 'web-socket'
  | 'console'
  | 'dom'
  | 'heap';

/** Something that the browser held, sent, received or showed. */
export interface Sighting {
  place: Place;
  /** Where exactly: a URL, a header of a URL, a key of an origin. */
  where: string;
  data: Buffer;
}

export function sighting(place: Place, where: string, data: string | Buffer): Sighting {
  return { place, where, data: typeof data === 'string' ? Buffer.from(data) : data };
}
