import { expect, test } from 'vitest';
import { problemsIn } from './arrows-tree.ts';

const allowed: [string, string, string][] = [
  ['an app imports a package', 'apps/bff/src/serve.ts', "import { bff } from '@coatcheck/bff';"],
  [
    'react imports client and protocol',
    'packages/react/src/a.tsx',
    "import '@coatcheck/client';\nimport '@coatcheck/protocol';",
  ],
  [
    'a second public entry',
    'apps/web/src/main.tsx',
    "import { requireSession } from '@coatcheck/react/router';",
  ],
  [
    'the package tests use testing',
    'packages/resource-server/test/a.test.ts',
    "import '@coatcheck/testing';",
  ],
  [
    'a test reaches into its own package',
    'packages/bff/test/a.test.ts',
    "import '../src/proxy/paths.ts';\nimport { request } from 'undici';",
  ],
  [
    'proxy uses refresh',
    'packages/bff/src/proxy/forward.ts',
    "import '../refresh/flight.ts';\nimport { Pool } from 'undici';",
  ],
  ['a folder imports itself', 'packages/bff/src/login/a.ts', "import './b.ts';"],
  [
    'the index imports anything',
    'packages/bff/src/index.ts',
    "export * from './plugin.ts';\nexport * from './store/store.ts';",
  ],
  [
    'the provider imports openid-client',
    'packages/bff/src/provider/openid.ts',
    "import * as client from 'openid-client';\nimport 'jose';",
  ],
  [
    'the store imports node:sqlite',
    'packages/bff/src/store/sqlite.ts',
    "import { DatabaseSync } from 'node:sqlite';",
  ],
  [
    'a script makes documentation from what is not public',
    'scripts/reference.ts',
    "import { configSchema } from '../apps/bff/src/config/schema.ts';",
  ],
  [
    'e2e starts the demo',
    'e2e/journey.spec.ts',
    "import { startDemo } from '../scripts/demo/start.ts';\nimport '@coatcheck/testing';",
  ],
];

test.each(allowed)('passes: %s', (_, file, source) => {
  expect(problemsIn({ [file]: source })).toEqual([]);
});

const refused: [string, string, string, string][] = [
  [
    'a package imports an app by name',
    'packages/bff/src/plugin.ts',
    "import 'coatcheck';",
    'packages never import apps',
  ],
  [
    'a package test imports an app by path',
    'packages/bff/test/a.test.ts',
    "import '../../../apps/bff/src/a.ts';",
    'packages never import apps',
  ],
  [
    'protocol imports client',
    'packages/protocol/src/a.ts',
    "import '@coatcheck/client';",
    'packages/protocol may import of ours: nothing',
  ],
  [
    'client imports react',
    'packages/client/src/a.ts',
    "import '@coatcheck/react';",
    'packages/client may import of ours: protocol',
  ],
  [
    'react imports bff',
    'packages/react/src/a.tsx',
    "import '@coatcheck/bff';",
    'packages/react may import of ours: client, protocol',
  ],
  [
    'bff imports testing outside its tests',
    'packages/bff/src/plugin.ts',
    "import '@coatcheck/testing';",
    'packages/bff may import of ours: protocol',
  ],
  [
    'testing imports bff',
    'packages/testing/src/a.ts',
    "import '@coatcheck/bff';",
    'packages/testing may import of ours: protocol',
  ],
  [
    'resource-server imports protocol',
    'packages/resource-server/src/a.ts',
    "import '@coatcheck/protocol';",
    'may import of ours: nothing',
  ],
  ['an app imports an app', 'apps/web/src/a.ts', "import 'coatcheck';", 'apps import packages only'],
  [
    'an app reaches into a package',
    'apps/bff/src/a.ts',
    "import '../../../packages/bff/src/plugin.ts';",
    'by package name',
  ],
  [
    'an app imports a hidden entry',
    'apps/bff/src/a.ts',
    "import '@coatcheck/bff/src/plugin.ts';",
    'not a public entry',
  ],
  [
    'e2e reaches into a package',
    'e2e/a.spec.ts',
    "import '../packages/bff/src/plugin.ts';",
    'by package name',
  ],
  [
    'a benchmark reaches into an app',
    'bench/run.ts',
    "import '../apps/bff/src/serve.ts';",
    'by package name',
  ],
  [
    'conformance imports a hidden entry',
    'conformance/a.test.ts',
    "import '@coatcheck/testing/src/a.ts';",
    'not a public entry',
  ],
  [
    'ticket imports session',
    'packages/bff/src/ticket/a.ts',
    "import '../session/a.ts';",
    'ticket stands before or beside session',
  ],
  [
    'problems imports options',
    'packages/bff/src/problems.ts',
    "import './options/a.ts';",
    'problems stands before or beside options',
  ],
  [
    'login imports refresh',
    'packages/bff/src/login/a.ts',
    "import '../refresh/a.ts';",
    'login stands before or beside refresh',
  ],
  [
    'refresh imports login',
    'packages/bff/src/refresh/a.ts',
    "import '../login/a.ts';",
    'refresh stands before or beside login',
  ],
  [
    'logout imports proxy',
    'packages/bff/src/logout/a.ts',
    "import '../proxy/a.ts';",
    'logout stands before or beside proxy',
  ],
  [
    'account imports plugin',
    'packages/bff/src/account/a.ts',
    "import '../plugin.ts';",
    'account stands before or beside plugin',
  ],
  [
    'plugin imports index',
    'packages/bff/src/plugin.ts',
    "import './index.ts';",
    'plugin stands before or beside index',
  ],
  ['src imports test', 'packages/bff/src/plugin.ts', "import '../test/a.ts';", 'src imports src only'],
  [
    'a package imports itself by name',
    'packages/bff/src/login/a.ts',
    "import '@coatcheck/bff';",
    'does not import itself',
  ],
  [
    'openid-client elsewhere',
    'packages/bff/src/login/a.ts',
    "import 'openid-client';",
    'only packages/bff/src/provider imports openid-client',
  ],
  [
    'openid-client in an app',
    'apps/bff/src/a.ts',
    "import 'openid-client';",
    'only packages/bff/src/provider imports openid-client',
  ],
  [
    'undici elsewhere',
    'packages/bff/src/provider/a.ts',
    "import { Agent } from 'undici';",
    'only packages/bff/src/proxy imports undici',
  ],
  [
    'node:sqlite elsewhere',
    'packages/bff/src/session/a.ts',
    "import 'node:sqlite';",
    'only packages/bff/src/store imports node:sqlite',
  ],
  [
    'secure-session elsewhere',
    'packages/bff/src/login/a.ts',
    "import '@fastify/secure-session';",
    'only packages/bff/src/ticket imports @fastify/secure-session',
  ],
  [
    'jose elsewhere',
    'packages/bff/src/logout/a.ts',
    "import 'jose';",
    'only packages/bff/src/provider imports jose',
  ],
  [
    'an import nobody can follow',
    'packages/bff/src/plugin.ts',
    'export const load = (name: string) => import(name);',
    'import() needs a literal',
  ],
];

test.each(refused)('refuses: %s', (_, file, source, rule) => {
  const problems = problemsIn({ [file]: `\n${source}` });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${file}:2`);
  expect(problems[0]).toContain(rule);
});

test('refuses a package without arrows and a stage without place, once per file', () => {
  expect(
    problemsIn({
      'packages/unknown/src/a.ts': '',
      'packages/bff/src/utils/a.ts': "import '../problems.ts';\nimport '../ticket/a.ts';",
    }),
  ).toEqual([
    'packages/bff/src/utils/a.ts: utils is not among the stages of packages/bff; add it in scripts/arrows/rules.ts',
    'packages/unknown/src/a.ts: packages/unknown has no arrows yet; add it in scripts/arrows/rules.ts',
  ]);
});
