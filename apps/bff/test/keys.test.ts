import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { configFile, ownFolder, run, workingConfig } from './command.ts';

function keysOf(folder: string): string[] {
  return loadConfig(configFile({ ...workingConfig(), keys: [{ file: 'keys' }] }, folder), {}).keys;
}

describe('rotation of keys', () => {
  it('BFF-SESS-09: announces a key that all open, then seals with it, and forgets the oldest', async () => {
    const folder = ownFolder();
    const file = join(folder, 'keys');
    await run(['keys', 'rotate', file]);
    const [first] = keysOf(folder);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    await run(['keys', 'rotate', file]);
    const announced = keysOf(folder);
    expect(announced).toHaveLength(2);
    expect(announced[0]).toBe(first);

    await run(['keys', 'rotate', '--activate', file]);
    expect(keysOf(folder)).toEqual([announced[1], first]);

    for (let round = 0; round < 3; round += 1) {
      await run(['keys', 'rotate', file]);
      await run(['keys', 'rotate', '--activate', '--keep', '2', file]);
    }
    expect(keysOf(folder)).toHaveLength(2);
    expect(keysOf(folder)).not.toContain(first);
  });

  it('takes no step twice', async () => {
    const file = join(ownFolder(), 'keys');
    await run(['keys', 'rotate', file]);
    expect((await run(['keys', 'rotate', '--activate', file])).stderr).toContain('holds no announced key');
    await run(['keys', 'rotate', file]);
    const again = await run(['keys', 'rotate', file]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('holds an announced key already');
  });

  it('leaves a file alone that is something else', async () => {
    const file = join(ownFolder(), 'keys');
    writeFileSync(file, 'not a key\n');
    const result = await run(['keys', 'rotate', file]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('has no key in line 1');
    expect(readFileSync(file, 'utf8')).toBe('not a key\n');
  });
});
