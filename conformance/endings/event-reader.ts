import type { Jar, JarStream } from '@coatcheck/testing';

/** One server-sent event. */
export interface SeenEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** By the monotonic clock. */
  readonly at: number;
}

/** A stream of events that is being read. */
export interface EventReader {
  readonly stream: JarStream;
  /** Everything that has come, also comments. */
  readonly text: string;
  readonly events: readonly SeenEvent[];
  /** When it ended or was cut, by the monotonic clock. */
  readonly endedAt: number | undefined;
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens an event stream as an `EventSource` does, and reads it in the background. */
export async function readEvents(
  jar: Jar,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const stream = await jar.stream(path, { headers: { accept: 'text/event-stream', ...headers } });
  const events: SeenEvent[] = [];
  let [text, rest] = ['', ''];
  let endedAt: number | undefined;
  const read = async () => {
    for await (const chunk of stream.chunks) {
      text += chunk.toString();
      rest += chunk.toString();
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      events.push(...blocks.flatMap(parseEvent));
    }
  };
  const ended = read()
    .catch(() => undefined)
    .finally(() => {
      endedAt = performance.now();
    });
  return {
    stream,
    get text() {
      return text;
    },
    events,
    get endedAt() {
      return endedAt;
    },
    ended,
    close: () => stream.close(),
  };
}

function parseEvent(block: string): SeenEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name, value.join(': ')];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  const value: unknown = JSON.parse(data);
  return [
    {
      name: fields.get('event') ?? 'message',
      id: fields.get('id'),
      data: typeof value === 'object' && value !== null ? { ...value } : {},
      at: performance.now(),
    },
  ];
}
