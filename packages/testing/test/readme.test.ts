import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const packageFolder = new URL('..', import.meta.url);
const readme = readFileSync(new URL('README.md', packageFolder), 'utf8');
const programs = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, program = '']) => program);

it('has programs to run', () => expect(programs.length).toBe(6));

it.each(programs.map((program, at) => ({ name: `program ${at + 1} of the README runs`, program })))(
  '$name',
  async ({ program }) => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '-e', program], {
      cwd: packageFolder,
      timeout: 50_000,
    });
    expect(stdout).not.toBe('');
  },
  60_000,
);
