import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Program, type ProgramOptions, startProgram } from '../program.ts';

/** The version of the nginx in PATH. */
export function findNginx(): string | undefined {
  const { stderr } = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  return /nginx\/(\S+)/.exec(stderr ?? '')?.[1];
}

export interface NginxOptions extends Omit<ProgramOptions, 'command' | 'args'> {
  /** What stands in the `http` block. */
  readonly http: string;
}

/** Starts an nginx with one worker that keeps everything in `folder` and writes no access log. */
export async function startNginx({ http, ...options }: NginxOptions): Promise<Program> {
  const file = path.join(options.folder, `${options.name}.conf`);
  const own = (name: string) => path.join(options.folder, `${options.name}-${name}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  // Started by root, a worker would be somebody who may not enter our folders.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const configuration = `
    daemon off;
    ${user}
    worker_processes 1;
    pid ${own('pid')};
    error_log stderr;
    events { worker_connections 8192; }
    http {
      access_log off;
      default_type application/json;
      keepalive_requests 1000000000;
      ${temporary.map((name) => `${name}_temp_path ${own(name)};`).join('\n      ')}
      ${http}
    }
  `;
  await writeFile(file, configuration);
  return startProgram({
    ...options,
    command: 'nginx',
    args: ['-e', 'stderr', '-p', options.folder, '-c', file],
  });
}
