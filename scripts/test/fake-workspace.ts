import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** A server that answers 200 to everything, ends on SIGTERM and fails when the file `die-<name>` appears. */
const serve = `
import { createServer } from 'node:http';
import { existsSync, readFileSync, mkdirSync, writeFileSync } from 'node:fs';
export function serve(name: string, ports: readonly unknown[]) {
  for (const port of ports) createServer((_, response) => response.end(name)).listen(Number(port), '127.0.0.1');
  console.log(name + ' listens');
  setInterval(() => {
    if (!existsSync(process.env.DATA_DIR + '/die-' + name)) return;
    console.error(name + ' lost its way');
    process.exit(7);
  }, 20);
}
`;

const files = {
  'apps/serve.ts': serve,
  'apps/idp/src/main.ts': `
import { mkdirSync, writeFileSync } from 'node:fs';
import { serve } from '../../serve.ts';
mkdirSync(process.env.DATA_DIR + '/idp', { recursive: true });
writeFileSync(process.env.DATA_DIR + '/idp/client-secret', 'made by the idp');
console.log('ttl ' + process.env.IDP_ACCESS_TOKEN_TTL + ' for ' + process.env.PUBLIC_URL + ' and ' + process.env.API_AUDIENCE);
const emulators = ['GOOGLE', 'GITHUB', 'FACEBOOK'].map((name) => process.env[name + '_EMULATOR_PORT']);
serve('idp', [process.env.IDP_PORT, ...emulators.filter(Boolean)]);`,
  'apps/api/src/main.ts': `
import { serve } from '../../serve.ts';
console.log('issuer ' + process.env.API_ISSUER);
serve('api', [process.env.API_PORT]);`,
  'apps/lab/src/main.ts': `
import { serve } from '../../serve.ts';
console.log('weak, and meant so: ' + process.env.LAB_I_KNOW_THIS_IS_WEAK);
serve('lab', [process.env.LAB_PORT, process.env.LAB_ATTACKER_PORT]);`,
  'apps/bff/src/cli/main.ts': `
import { readFileSync } from 'node:fs';
import { serve } from '../../../serve.ts';
const [command, flag, file] = process.argv.slice(2);
if (command !== 'serve' || flag !== '--config') process.exit(2);
const config = JSON.parse(readFileSync(file, 'utf8'));
console.log('secret: ' + readFileSync(config.providers[0].clientSecret.file, 'utf8'));
serve('bff', [config.listen.port, config.management.port]);`,
  'apps/web/package.json': '{}',
  'apps/web/src/main.tsx': 'export const app = 1;',
  'apps/web/node_modules/vite/package.json': '{"name":"vite","version":"0.0.0"}',
  'apps/web/node_modules/vite/bin/vite.js': `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
if (process.argv[2] !== 'build') process.exit(2);
mkdirSync('dist', { recursive: true });
writeFileSync('dist/index.html', '<!doctype html>');
appendFileSync('../../builds', process.env.NODE_ENV + '\\n');`,
};

/** A small workspace whose provider, API, BFF and Vite are stand-ins; gone after the tests of the file. */
export function fakeWorkspace(changed: Record<string, string> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), 'fake-workspace-'));
  roots.push(root);
  for (const [file, text] of Object.entries({ ...files, ...changed })) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}
