import { createServer } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { given } from '../given.ts';
import { freePort, startProgram } from '../program.ts';
import { versionOf } from '../version.ts';
import type { Target } from './target.ts';

/** The fastest ordinary proxy in Node: no sessions, no rules, no router. What Coatcheck costs is measured against it. */
export const plainPipe: Target = {
  name: 'plain pipe',
  about: '`node:http` and undici’s `dispatch`, hop-by-hop fields removed, back-pressure, nothing else',
  async start({ machine, upstream, folder }) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}${upstream.path}`;
    const program = await startProgram({
      machine,
      place: 'server',
      name: 'plain-pipe',
      folder,
      command: process.execPath,
      args: [import.meta.filename],
      environment: { PORT: String(port), UPSTREAM: upstream.origin },
      readyUrl: url,
    });
    return {
      kind: 'started',
      url,
      headers: {},
      pids: [program.pid],
      sends: 'nothing',
      madeOf: `undici ${versionOf('undici')}`,
      close: program.close,
    };
  },
};

const hopByHop = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

function serve(): void {
  // As many as Coatcheck allows itself per upstream.
  const pool = new Pool(given('UPSTREAM'), { connections: 256, pipelining: 1 });
  // Each stream keeps its connection for itself.
  const streams = new Pool(given('UPSTREAM'), { pipelining: 1, bodyTimeout: 0 });
  const server = createServer((request, response) => {
    let controller: Dispatcher.DispatchController | undefined;
    // A client that leaves in the middle would otherwise keep a paused connection for ever.
    response.on('close', () => {
      if (!response.writableFinished) controller?.abort(new Error('the client left'));
    });
    response.on('drain', () => controller?.resume());
    const { url: path = '/', method = 'GET' } = request;
    const hasContent = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
    const isStream = request.headers.accept === 'text/event-stream';
    (isStream ? streams : pool).dispatch(
      { path, method, headers: endToEnd(request.rawHeaders), body: hasContent ? request : null },
      {
        onRequestStart(started) {
          controller = started;
          if (response.destroyed) started.abort(new Error('the client left'));
        },
        onResponseStart(_, status, headers) {
          if (status < 200) return;
          const {
            connection: _connection,
            'keep-alive': _keepAlive,
            'transfer-encoding': _coding,
            ...rest
          } = headers;
          response.writeHead(status, rest);
        },
        onResponseData(running, chunk) {
          if (!response.write(chunk)) running.pause();
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError(_, error) {
          if (response.headersSent) response.destroy(error);
          else response.writeHead(502).end();
        },
      },
    );
  });
  server.listen(Number(given('PORT')), '127.0.0.1');
}

function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

if (import.meta.main) serve();
