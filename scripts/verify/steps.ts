import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { engineFiles } from '../../conformance/session-engine.ts';
import { ensureWebBuild } from '../demo/web-build.ts';
import { pnpm } from '../process/pnpm.ts';
import { runCommand, succeeded } from '../process/run-command.ts';
import { readPlaywrightReport, readVitestReport } from './reports.ts';
import type { Step } from './run-steps.ts';
import { type Counts, failedCheck, judgeSuite, nothing, passedCheck } from './tally.ts';

export type Workplace = {
  readonly root: string;
  /** Where the test runners put their reports. */
  readonly reports: string;
  /** Skipped tests are failures there. */
  readonly ci: boolean;
};

/** Everything that `verify` does, in order. The limits, in seconds, add up to less than CI allows for all. */
export function planSteps({ root, reports, ci }: Workplace): Step[] {
  const node = (args: readonly string[], limitSeconds: number, env: NodeJS.ProcessEnv = {}) =>
    runCommand(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      limitSeconds,
      output: 'show',
    });
  const tool = (...parts: string[]) => path.join(root, 'node_modules', ...parts);

  const check = (name: string, args: readonly string[], limitSeconds: number): Step => ({
    name,
    run: async () => verdict(await node(args, limitSeconds)),
  });

  const vitest =
    (name: string, args: readonly string[], limitSeconds: number, env: NodeJS.ProcessEnv = {}) =>
    async (): Promise<Counts> => {
      const report = path.join(reports, `${name}.json`);
      const result = await node(
        [
          tool('vitest/vitest.mjs'),
          'run',
          ...args,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
        ],
        limitSeconds,
        env,
      );
      return judgeSuite(readVitestReport(report) ?? nothing, !succeeded(result), ci);
    };

  const playwright = (config: string, limitSeconds: number) => async (): Promise<Counts> => {
    const report = path.join(reports, 'e2e.json');
    const result = await node(
      [tool('@playwright/test/cli.js'), 'test', '-c', config, '--reporter=list,json'],
      limitSeconds,
      { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    );
    return judgeSuite(readPlaywrightReport(report) ?? nothing, !succeeded(result), ci);
  };

  /** A suite whose folder may be empty still. */
  const suite = (folder: string, config: string, run: () => Promise<Counts>): Step['run'] => {
    if (existsSync(path.join(root, config))) return run;
    const tests = globSync(`${folder}/**/*.{test,spec}.{ts,tsx}`, {
      cwd: root,
      exclude: (name) => name === 'node_modules',
    });
    const missing = `${config} is not there`;
    return async () =>
      tests.length > 0
        ? failedCheck(`${missing}, but ${tests.length} test files are`)
        : { ...nothing, note: `${missing} yet` };
  };

  const conformance = (name: string, limitSeconds: number, store?: 'redis' | 'postgres') => {
    const args = ['--config', 'conformance/vitest.config.ts', ...conformanceTable(root)];
    const run =
      store === undefined
        ? // Alone on the machine, where the two stores share it.
          vitest(name, [...args, '--maxWorkers=3'], limitSeconds)
        : vitest(name, [...args, ...engineFiles(root)], limitSeconds, { CONFORMANCE_STORE: store });
    return suite('conformance', 'conformance/vitest.config.ts', run);
  };

  return [
    check('setup', ['scripts/setup.ts'], 600),
    check(
      'biome',
      [tool('@biomejs/biome/bin/biome'), 'ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.'],
      180,
    ),
    check('arrows', ['scripts/arrows.ts'], 60),
    check('types', [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'], 300),
    {
      name: 'types of packages',
      async run() {
        const [program, ...args] = pnpm();
        const result = await runCommand(program, [...args, '-r', '--if-present', 'run', 'check:types'], {
          cwd: root,
          limitSeconds: 300,
          output: 'show',
        });
        return verdict(result);
      },
    },
    check(
      'documentation',
      [path.join(root, 'docs/node_modules/vitepress/bin/vitepress.js'), 'build', 'docs'],
      240,
    ),
    {
      name: 'size of the SDK',
      async run() {
        const result = await runCommand(process.execPath, [tool('size-limit/bin.js')], {
          cwd: path.join(root, 'packages/react'),
          limitSeconds: 120,
          output: 'show',
        });
        return verdict(result);
      },
    },
    check('packages as published', ['scripts/packages.ts'], 240),
    {
      name: 'web build',
      async run() {
        await ensureWebBuild(root, console.log);
        return passedCheck;
      },
    },
    { name: 'unit tests', run: vitest('unit', [], 900) },
    check('simulation', ['packages/bff/simulation/run.ts', '--histories', '10000'], 180),
    { name: 'conformance', run: conformance('conformance', 900) },
    ...(['redis', 'postgres'] as const).map((store) => ({
      name: `session engine on ${store}`,
      needs: ['setup'],
      ...(store === 'postgres' ? { beside: true as const } : {}),
      run: conformance(`conformance-${store}`, 600, store),
    })),
    {
      name: 'faults',
      needs: ['setup'],
      run: suite(
        'conformance/faults',
        'conformance/faults/vitest.config.ts',
        vitest('faults', ['--config', 'conformance/faults/vitest.config.ts'], 600),
      ),
    },
    {
      name: 'interop',
      needs: ['setup'],
      run: suite(
        'interop',
        'interop/vitest.config.ts',
        vitest('interop', ['--config', 'interop/vitest.config.ts'], 300),
      ),
    },
    {
      name: 'newcomer',
      needs: ['setup'],
      beside: true,
      run: suite(
        'e2e/newcomer',
        'e2e/newcomer/vitest.config.ts',
        vitest('newcomer', ['--config', 'e2e/newcomer/vitest.config.ts'], 420),
      ),
    },
    {
      name: 'e2e',
      needs: ['setup', 'web build'],
      run: suite('e2e', 'e2e/playwright.config.ts', playwright('e2e/playwright.config.ts', 1_500)),
    },
  ];
}

/** Reporters given on the command line replace those of a configuration, so the table by requirement is named here. */
function conformanceTable(root: string): string[] {
  const reporter = 'conformance/reporter.ts';
  return existsSync(path.join(root, reporter)) ? [`--reporter=./${reporter}`] : [];
}

function verdict(result: Awaited<ReturnType<typeof runCommand>>): Counts {
  if (succeeded(result)) return passedCheck;
  if (result.kind === 'ended') return failedCheck(`ended with status ${result.code}`);
  return failedCheck(result.kind === 'timed-out' ? 'took too long' : result.reason);
}
