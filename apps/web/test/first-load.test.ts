import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { beforeAll, expect, test, vi } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const notesPage = [
  'src/app.tsx',
  'src/workspace/workspace.tsx',
  'src/notes/notes-page.tsx',
  'src/language/english.tsx',
];

let chunks: Map<string, Rollup.OutputChunk>;
beforeAll(async () => {
  vi.stubEnv('NODE_ENV', 'production'); // else React's development build
  const built = await build({ root, logLevel: 'silent', build: { write: false } });
  const outputs = [built].flat().flatMap((result) => ('output' in result ? result.output : []));
  vi.unstubAllEnvs();
  chunks = new Map(
    outputs.filter((output) => output.type === 'chunk').map((chunk) => [chunk.fileName, chunk] as const),
  );
}, 60_000);

/** Kilobytes (1,000 bytes) of gzipped script that a page needs: its own chunks and all that they import at once. */
function weightOf(...modules: string[]): number {
  const needed = new Set<string>();
  const take = (fileName: string) => {
    if (needed.has(fileName)) return;
    needed.add(fileName);
    for (const imported of chunks.get(fileName)?.imports ?? []) take(imported);
  };
  for (const module of ['index.html', ...modules]) {
    const chunk = [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
    expect(chunk, module).toBeDefined();
    if (chunk !== undefined) take(chunk.fileName);
  }
  const codes = [...needed].map((fileName) => chunks.get(fileName)?.code ?? '');
  return codes.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0) / 1_000;
}

test('a first visit loads less than 100 kB of script, gzipped', () => {
  const visit = weightOf('src/front/front.tsx', 'src/language/english.tsx');
  const inGerman = weightOf('src/front/front.tsx', 'src/language/german.tsx');
  const notes = weightOf(...notesPage);
  console.log(
    `first visit ${visit.toFixed(1)} kB, in German ${inGerman.toFixed(1)} kB, notes ${notes.toFixed(1)} kB`,
  );
  expect(visit).toBeLessThan(100);
  expect(inGerman).toBeLessThan(100);
});

test('who comes for the notes loads nothing of other pages', () => {
  expect(chunks.size).toBeGreaterThan(5);
  expect(weightOf(...notesPage)).toBeLessThan(180);
});
