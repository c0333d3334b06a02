/** No event of ours comes near this many characters. */
const longestEvent = 1_000_000;

/**
 * Reads server-sent events (HTML Standard §9.2.6) to their end. `fetch` and not EventSource, which hides heartbeats,
 * statuses and `Retry-After`, and cannot send the header that proves our origin to old browsers' servers.
 *
 * @param onBytes told of every sign of life, heartbeats too
 * @param onData told the data of each event
 * @throws what the stream throws; Error where an event has no end
 */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
  onData: (data: string) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    // A carriage return at the end may be half of a line's end.
    const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > longestEvent) throw new Error('An event has no end.');
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      if (line !== '') continue;
      if (data.length > 0) onData(data.join('\n'));
      data = [];
    }
  }
}
