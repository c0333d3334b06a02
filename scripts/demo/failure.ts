/** Why the demo cannot start or cannot go on. The message is for the person at the terminal, with the remedy. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/** What the system says of an error, for a sentence of ours. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
