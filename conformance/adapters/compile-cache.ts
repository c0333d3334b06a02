import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Where Node keeps what it has compiled: to compile the BFF anew takes longer than most tests. */
export const compileCache = path.join(import.meta.dirname, '../../node_modules/.cache/node');

/** Fills it before the first test: a process that is killed keeps nothing. */
export default async function fillCompileCache(): Promise<void> {
  const server = new URL('../../apps/bff/src/server.ts', import.meta.url).href;
  await promisify(execFile)(process.execPath, ['--eval', `import(${JSON.stringify(server)})`], {
    env: { ...process.env, NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCache },
  });
}
