/**
 * The BroadcastChannel over which tabs tell each other what happens to the session. No message signs anybody in: a tab
 * applies an event only to the session that it shows already, and asks the server for everything else.
 *
 * @param basePath the BFF's prefix, since one origin could hold two
 */
export function channelName(basePath: string): string {
  return `coatcheck:${basePath}`;
}

/** What tabs say on the channel, and the page at which a sign-in in a popup ends. */
export type ChannelMessage =
  | { type: 'changed' }
  | { type: 'signed-out' }
  | { type: 'signed-in' }
  /** The code is a problem's. */
  | { type: 'sign-in-failed'; code: string };
