import { readdir } from 'node:fs/promises';
import { createJar } from '@coatcheck/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, type Machine, setUpMachine, whenUp } from './machine.ts';

/** The story of somebody who has never seen Coatcheck; each step goes on from the one before. */
let machine: Machine;
const app = 'my-app';
const started = performance.now();

beforeAll(async () => {
  machine = await setUpMachine();
});
afterAll(() => machine.close());

it('an empty folder becomes a project with one command', async () => {
  expect(await readdir(machine.home)).toEqual([]);
  const words = await machine.create([app, '--yes', '--package-manager', 'pnpm']);
  expect(words).toContain(`cd ${app}\n  pnpm install\n  pnpm run dev`);
  // The machine that runs this may have other things on the ports.
  for (const [port, files] of [
    ['9310', ['api/server.ts', 'coatcheck.config.json', 'playwright.config.ts']],
    ['9410', ['api/server.ts', 'vite.config.ts', 'test/sign-in.spec.ts']],
    ['5173', ['vite.config.ts', 'playwright.config.ts']],
  ] as const) {
    const free = await freePort();
    for (const file of files) await machine.edit(`${app}/${file}`, port, free);
  }
  await machine.useLocalPackages(app);
  await machine.pnpm(['install', '--prefer-offline'], app);
});

it('one command runs app, API, BFF and provider', async () => {
  const port = /port: (\d+), strictPort/.exec(await machine.read(`${app}/vite.config.ts`))?.[1];
  const browser = createJar(`http://localhost:${port}`);
  await machine.during(['run', 'dev'], app, async () => {
    expect(await (await whenUp(() => browser.navigate('/'))).text()).toContain('/@vite/client');
    const call = await browser.fetch('/api/notes');
    expect([call.status, call.headers.get('coatcheck-problem')]).toEqual([401, 'session_required']);
  });
});

it('it signs a person in, calls its API, and its own test finds no token in the browser', async () => {
  expect(await machine.pnpm(['test'], app)).toContain('1 passed');
});

it('an API of one’s own goes behind it, and a page and a test with expectNoTokens prove it', async () => {
  await machine.edit(
    `${app}/api/server.ts`,
    "app.get('/health'",
    "app.get('/api/badge', ({ principal }) => [principal.claims.name, ...principal.roles].join());\n\napp.get('/health'",
  );
  await machine.write(
    `${app}/src/badge.tsx`,
    `import { useEffect, useState } from 'react';
import { session } from './session.ts';

export function Badge() {
  const [text, setText] = useState('');
  useEffect(() => {
    void session.fetch('/api/badge').then(async (answer) => setText(await answer.text()));
  }, []);
  return <output aria-label="Badge">{text}</output>;
}
`,
  );
  await machine.edit(`${app}/src/app.tsx`, '<Notes />', '<><Badge /><Notes /></>');
  await machine.edit(
    `${app}/src/app.tsx`,
    'import { Notes }',
    "import { Badge } from './badge.tsx';\nimport { Notes }",
  );
  const template = await machine.read(`${app}/test/sign-in.spec.ts`);
  const own = template
    .replace('a person signs in and uses the API', 'an administrator is told her roles')
    .replaceAll('Alice Example', 'Ada Admin')
    .replace(
      '  await watch.expect',
      "  await expect(page.getByLabel('Badge')).toHaveText('Ada Admin,user,admin');\n  await watch.expect",
    );
  await machine.write(`${app}/test/badge.spec.ts`, own);
  expect(await machine.pnpm(['test', 'badge'], app)).toContain('1 passed');
});

it('the test is no decoration: a token that reaches the page fails it', async () => {
  const careless = `app.get('/api/badge', (request) => String(request.headers.authorization));`;
  const [line = ''] = /app\.get\('\/api\/badge'.*/.exec(await machine.read(`${app}/api/server.ts`)) ?? [];
  await machine.edit(`${app}/api/server.ts`, line, careless);
  await machine.edit(
    `${app}/test/badge.spec.ts`,
    "toHaveText('Ada Admin,user,admin')",
    'toContainText(/Bearer/)',
  );
  await expect(machine.pnpm(['test', 'badge'], app)).rejects.toThrow(/access_token.* in response-body/);
  await machine.edit(`${app}/api/server.ts`, careless, line);
});

it('for production it builds, and Coatcheck itself serves the build', async () => {
  await machine.pnpm(['run', 'build'], app);
  const [port, management] = [await freePort(), await freePort()];
  const key = (await machine.pnpm(['exec', 'coatcheck', 'keys', 'generate'], app)).trim();
  await machine.edit(`${app}/coatcheck.config.json`, 'https://app.example', `http://localhost:${port}`);
  await machine.edit(`${app}/coatcheck.config.json`, '"host": "0.0.0.0"', '"host": "localhost"');
  await machine.edit(`${app}/coatcheck.config.json`, '"port": 3000', `"port": ${port}`);
  const settings = ['env', `ROOT_KEY=${key}`, 'OIDC_CLIENT_ID=app', 'OIDC_CLIENT_SECRET=from-the-provider'];
  const command = [...settings, `COATCHECK_MANAGEMENT_PORT=${management}`, 'pnpm', 'start'];
  await machine.during(['exec', ...command], app, async () => {
    const browser = createJar(`http://localhost:${port}`);
    const page = await whenUp(() => browser.navigate('/'));
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('<div id="root">');
    const session = await browser.fetch('/bff/session');
    expect(await session.json()).toEqual({ authenticated: false, reason: 'none' });
  });
});

it('an app that was there before is put behind it by the same command', async () => {
  const files = {
    'package.json': '{ "name": "shop", "type": "module", "devDependencies": { "vite": "^8.3.8" } }',
    'vite.config.ts':
      "import { defineConfig } from 'vite';\n\nexport default defineConfig({ plugins: [] });\n",
    'index.html': '<!doctype html><title>shop</title>',
  };
  for (const [file, content] of Object.entries(files)) await machine.write(`shop/${file}`, content);
  expect(await machine.create(['.', '--yes'], 'shop')).toContain('edit  vite.config.ts');
  await machine.useLocalPackages('shop');
  await machine.pnpm(['install', '--prefer-offline'], 'shop');
  const port = await freePort();
  await machine.during(['exec', 'vite', '--port', port, '--strictPort'], 'shop', async () => {
    const browser = createJar(`http://localhost:${port}`);
    expect(await (await whenUp(() => browser.navigate('/'))).text()).toContain('<title>shop</title>');
    const start = await browser.navigate('/bff/login');
    expect(start.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    const session = await browser.fetch('/bff/session');
    expect(await session.json()).toEqual({ authenticated: false, reason: 'none' });
  });
});

it('all of it took less than five minutes', () => {
  expect(performance.now() - started).toBeLessThan(5 * 60_000);
});

it('the example of @coatcheck/testing works wherever it is copied to', async () => {
  await machine.copy('examples/testing', 'example');
  await machine.useLocalPackages('example');
  await machine.pnpm(['install', '--prefer-offline'], 'example');
  await machine.pnpm(['run', 'check'], 'example');
  expect(await machine.pnpm(['test'], 'example')).toContain('5 passed');
}, 180_000);

it('and in a browser', async () => {
  expect(await machine.pnpm(['run', 'test:browser'], 'example')).toContain('4 passed');
});
