/** Close codes of WebSockets that only Coatcheck sends (RFC 6455 §7.4.2: 4000 to 4999 are for private use). */
export const closeCodes = {
  /** The session ended; the close reason is the signed-out reason. Never relayed from an upstream. */
  sessionEnded: 4401,
} as const;
