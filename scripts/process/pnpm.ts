import path from 'node:path';

/** The pnpm that runs this script, or one by npx where Node runs it directly. */
export function pnpm(env: NodeJS.ProcessEnv = process.env): [string, ...string[]] {
  const running = env.npm_execpath;
  if (!running || !path.basename(running).startsWith('pnpm')) return ['npx', '-y', 'pnpm@12'];
  return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running];
}
