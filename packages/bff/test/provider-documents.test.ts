import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseOptions } from '../src/options/settings.ts';
import { profiles } from '../src/profiles/profiles.ts';

const folder = path.join(import.meta.dirname, '../../../docs/providers');
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

/** What `{"env": …}` and `{"file": …}` stand for. */
const references = (_name: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('env' in value) return 'from the environment';
  return 'file' in value && Object.keys(value).length === 1 ? pem : value;
};

const snippets = readdirSync(folder).flatMap((file) => {
  const text = readFileSync(path.join(folder, file), 'utf8');
  return [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = ''], index) => ({
    name: `${file}, number ${index + 1}`,
    file,
    value: wholeOf(JSON.parse(json, references)),
  }));
});

/** A provider alone is a member of the list. */
function wholeOf(value: Record<string, unknown>): { providers: { id: string; profile?: string }[] } {
  const { providers, ...rest } = 'id' in value ? { providers: [value] } : value;
  return { ...rest, providers: Array.isArray(providers) ? providers : [] };
}

it.each(snippets)('docs/providers/$name can be pasted', ({ value }) => {
  const options = {
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
  };
  expect(() => parseOptions({ ...options, ...value })).not.toThrow();
});

const providers = snippets.flatMap(({ file, value }) => value.providers.map((one) => ({ file, ...one })));

it('every profile has a document with a snippet that uses it', () => {
  const used = new Set(providers.map(({ profile }) => profile ?? 'oidc'));
  expect([...used].sort()).toEqual(Object.keys(profiles).sort());
});

it('every document names the redirect URI of its snippets', () => {
  for (const { file, id } of providers.filter((one) => one.file !== 'README.md')) {
    expect(readFileSync(path.join(folder, file), 'utf8'), file).toContain(
      `https://app.example/bff/callback/${id}`,
    );
  }
});
