import { freePort } from '../program.ts';
import { findNginx, startNginx } from '../surroundings/nginx.ts';
import type { Target } from './target.ts';

/** A plain proxy in C with one worker: no sessions. No proxy in Node comes near; the distance is what matters. */
export const nginx: Target = {
  name: 'nginx',
  about: '`proxy_pass` with kept-alive connections, one worker, no sessions',
  async start({ machine, upstream, folder }) {
    const version = findNginx();
    if (version === undefined) return { kind: 'unavailable', reason: 'nginx is not in PATH' };
    const port = await freePort();
    const url = `http://127.0.0.1:${port}${upstream.path}`;
    const program = await startNginx({
      machine,
      place: 'server',
      name: 'nginx-proxy',
      folder,
      readyUrl: url,
      http: `
        upstream api { server ${new URL(upstream.origin).host}; keepalive 256; keepalive_requests 1000000000; }
        server {
          listen 127.0.0.1:${port};
          location = ${upstream.prefix}/events {
            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
          }
          location / {
            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_request_buffering off;
          }
        }`,
    });
    return {
      kind: 'started',
      url,
      headers: {},
      pids: [program.pid],
      sends: 'nothing',
      madeOf: `nginx ${version}`,
      close: program.close,
    };
  },
};
