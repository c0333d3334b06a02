import { headerNames, type ProblemCode, type SessionEvent } from '@coatcheck/protocol';

/** A refusal as the BFF makes it (RFC 9457). */
export function problem(
  code: ProblemCode,
  status: number,
  members: object = {},
  headers: object = {},
): Response {
  return Response.json(
    { type: 'about:blank', title: code, status, code, ...members },
    {
      status,
      headers: { 'content-type': 'application/problem+json', [headerNames.problem]: code, ...headers },
    },
  );
}

export interface EventStream {
  readonly response: Response;
  send(event: SessionEvent): void;
  end(): void;
}

/** A stream of server-sent events, until its reader goes. */
export function openEventStream(signal: AbortSignal | null, onEnd: () => void): EventStream {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const write = (text: string) => void writer.write(encoder.encode(text)).catch(() => {});
  signal?.addEventListener('abort', () => {
    writer.abort(signal.reason).catch(() => {});
    onEnd();
  });
  return {
    response: new Response(readable, { headers: { 'content-type': 'text/event-stream' } }),
    send: (event) => write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    end() {
      writer.close().catch(() => {});
      onEnd();
    },
  };
}
