import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of an installed dependency of this package. Read from its folder: many do not export their manifest. */
export function versionOf(name: string): string {
  const file = path.join(import.meta.dirname, 'node_modules', name, 'package.json');
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '?';
}
