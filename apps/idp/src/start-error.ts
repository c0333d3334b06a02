/** The server cannot start; the message is one line that says what to do. */
export class IdpStartError extends Error {
  override readonly name = 'IdpStartError';
}
