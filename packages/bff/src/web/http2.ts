import { Http2ServerRequest, Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';

/**
 * The stream of a request, or of its answer, that came over HTTP/2. What Node puts over it looks like HTTP/1 but for what
 * is asked of the stream itself.
 *
 * @param message a request or an answer, as Fastify has it under `raw`
 * @returns undefined for HTTP/1
 */
export function streamOf(message: object): ServerHttp2Stream | undefined {
  if (message instanceof Http2ServerRequest || message instanceof Http2ServerResponse) return message.stream;
  return undefined;
}
