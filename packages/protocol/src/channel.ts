/**
 * The BroadcastChannel over which tabs tell each other that the session changed. The message carries no data:
 * each tab asks the server.
 *
 * @param basePath the BFF's prefix, since one origin could hold two
 */
export function channelName(basePath: string): string {
  return `coatcheck:${basePath}`;
}

/** What tabs say on the channel. */
export type ChannelMessage = { type: 'changed' } | { type: 'signed-out' };
