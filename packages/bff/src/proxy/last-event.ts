import type { SignedOutReason } from '@coatcheck/protocol';

/** The last event of a forwarded stream whose session has ended. It has no id, so that nobody resumes from it. */
export function sessionEndedEvent(reason: SignedOutReason): Buffer {
  return Buffer.from(`event: coatcheck-session-ended\ndata: ${JSON.stringify({ reason })}\n\n`);
}

/** How an event may end: its last line and the empty one (WHATWG HTML §9.2.5). */
const ends = ['\n\n', '\r\r', '\n\r\n'];

/** Follows an answer to know whether an event of ours can stand after what was sent. */
export class EventBoundary {
  #isEvents = false;
  #isEncoded = false;
  #tail = '';

  /** @param fields of the answer: names and values in turn */
  begin(fields: readonly string[]): void {
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = fields[at]?.toLowerCase();
      if (name === 'content-encoding') this.#isEncoded = true;
      if (name === 'content-type') this.#isEvents = /^text\/event-stream\s*(;|$)/i.test(fields[at + 1] ?? '');
    }
  }

  follow(chunk: Uint8Array): void {
    const end = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).subarray(-3).toString('latin1');
    this.#tail = (this.#tail + end).slice(-3);
  }

  /** Whether it is a stream of events, and none is half sent. */
  isBetweenEvents(): boolean {
    if (!this.#isEvents || this.#isEncoded) return false;
    return this.#tail === '' || ends.some((end) => this.#tail.endsWith(end));
  }
}
