import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { managementPaths, pathsUnder, problemCodes } from '@coatcheck/protocol';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { coatcheck, problemRegistry } from '../src/index.ts';

const text = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
const document: { paths: Record<string, Record<string, { responses?: Record<string, object> }>> } =
  JSON.parse(text);
const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** `GET /bff/session`, with the provider's id and all parameters as `{}`. */
const described = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((name) => methods.includes(name))
    .map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/, '{}')}`),
);

async function registered(): Promise<string[]> {
  const routes: string[] = [];
  const app = fastify();
  app.addHook('onRoute', ({ method, url }) => {
    // Lists of methods are those that are refused.
    if (typeof method === 'string' && method !== 'HEAD')
      routes.push(`${method} ${url.replace(/\/(demo|:id)$/, '/{}')}`);
  });
  await app.register(coatcheck, {
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    diagnostics: true,
    providers: [
      {
        id: 'demo',
        issuer: 'https://id.example',
        clientId: 'app',
        clientSecret: 'secret',
        responseMode: 'form_post',
      },
    ],
  });
  await app.ready();
  await app.close();
  return routes;
}

it('docs/openapi.json has the routes of the plugin, and no others', async () => {
  const own = described.filter((one) => one.includes(' /bff'));
  expect(own.sort()).toEqual((await registered()).sort());
});

it('docs/openapi.json has every path of the protocol', () => {
  const paths = Object.keys(document.paths);
  for (const path of [...Object.values(pathsUnder()), ...Object.values(managementPaths)])
    expect(
      paths.some((one) => one === path || one.startsWith(`${path}/{`)),
      path,
    ).toBe(true);
});

it('docs/openapi.json says of every problem code where it comes, with its status', () => {
  const answers = Object.values(document.paths).flatMap((item) =>
    Object.entries(item).flatMap(([name, { responses = {} }]) =>
      methods.includes(name) ? Object.entries(responses) : [],
    ),
  );
  for (const code of problemCodes) {
    const statuses = answers
      .filter(([, answer]) => JSON.stringify(answer).includes(`"${code}"`))
      .map(([status]) => status);
    expect(new Set(statuses), code).toEqual(new Set([String(problemRegistry[code].status)]));
  }
});
