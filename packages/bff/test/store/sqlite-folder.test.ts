import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';

it('leaves a folder that is named instead of a file as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coatcheck-folder-'));
  chmodSync(folder, 0o755);
  try {
    const failure = { code: 'store_unavailable', message: expect.stringContaining('no ordinary file') };
    await expect(openStore(`sqlite:${folder}`)).rejects.toMatchObject(failure);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
