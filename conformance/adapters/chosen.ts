import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Adapter } from './adapter.ts';
import { coatcheck } from './coatcheck.ts';

/** The adapter named in `CONFORMANCE_ADAPTER` (a file with a default export), else Coatcheck's. */
export async function chosenAdapter(): Promise<Adapter> {
  const file = process.env.CONFORMANCE_ADAPTER;
  if (!file) return coatcheck;
  const loaded: { default?: Adapter } = await import(pathToFileURL(path.resolve(file)).href);
  if (typeof loaded.default?.start !== 'function')
    throw new Error(`${file} has no adapter as its default export.`);
  return loaded.default;
}
