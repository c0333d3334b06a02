import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');
const documents = ['docs/resource-server.md', 'packages/resource-server/README.md'];

/** Every TypeScript program of the documents; one that would listen to a port does not. */
const programs = documents.flatMap((document) => {
  const text = readFileSync(path.join(root, document), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ''], index) => ({
    name: `${document}, number ${index + 1}`,
    code: code.replace(/^await app\.listen.*$/m, 'await app.ready();'),
  }));
});

// Beside this file, so that the package finds itself by its name.
let folder: string;
beforeAll(() => {
  const secret = path.join(tmpdir(), `nonce-secret-${process.pid}`);
  writeFileSync(secret, new Uint8Array(32).fill(7));
  process.env.NONCE_SECRET_FILE = secret;
  folder = mkdtempSync(path.join(import.meta.dirname, '.programs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(process.env.NONCE_SECRET_FILE ?? '', { force: true });
  delete process.env.NONCE_SECRET_FILE;
});

it.each(programs)('the program in $name runs', async ({ name, code }) => {
  const file = path.join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`);
  writeFileSync(file, code);
  await expect(import(file)).resolves.toBeDefined();
});

it('there are programs in each document', () => {
  for (const document of documents) expect(programs.some(({ name }) => name.startsWith(document))).toBe(true);
});
