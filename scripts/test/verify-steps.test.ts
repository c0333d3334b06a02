import { expect, test } from 'vitest';
import { runSteps, type Step } from '../verify/run-steps.ts';
import { planSteps } from '../verify/steps.ts';
import { failedCheck, judgeSuite, passedCheck } from '../verify/tally.ts';
import { fakeWorkspace } from './fake-workspace.ts';

async function run(...steps: Step[]) {
  const lines: string[] = [];
  let clock = 0;
  const total = await runSteps(steps, {
    say: (line) => lines.push(...line.split('\n')),
    now() {
      clock += 500;
      return clock;
    },
  });
  return { total, lines, last: lines.at(-1) };
}

const passing: Step = { name: 'one', run: async () => passedCheck };
const failing: Step = { name: 'two', run: async () => failedCheck('it broke') };

test('a failing step does not stop the later ones', async () => {
  const suite: Step = { name: 'three', run: async () => ({ passed: 40, failed: 0, skipped: 2 }) };
  const { last, lines, total } = await run(passing, failing, suite);
  expect(last).toBe('41 passed, 1 failed, 2 skipped');
  expect(total).toMatchObject({ passed: 41, failed: 1, skipped: 2 });
  expect(lines).toContain('it broke');
});

test('the last line names skipped tests only where there are any', async () => {
  expect((await run(passing)).last).toBe('1 passed, 0 failed');
});

test('a step that needs a failed one does not run and counts as failed', async () => {
  const { last, lines } = await run(failing, {
    name: 'three',
    needs: ['two'],
    run: () => Promise.reject(new Error('ran')),
  });
  expect(last).toBe('0 passed, 2 failed');
  expect(lines).toContain('not run: two failed');
});

test('a step that throws has failed', async () => {
  const { last } = await run({ name: 'one', run: () => Promise.reject(new Error('bug')) }, passing);
  expect(last).toBe('1 passed, 1 failed');
});

test('a table tells what each step counted and how long it took', async () => {
  const { lines } = await run(passing, failing);
  expect(lines.slice(-5)).toEqual([
    'step      passed    failed   skipped   seconds',
    'one            1         0         0       0.5',
    'two            0         1         0       0.5',
    'in all                                     2.5',
    '1 passed, 1 failed',
  ]);
});

test('a suite that ran no test has failed', () => {
  expect(judgeSuite({ passed: 0, failed: 0, skipped: 0 }, false, false)).toMatchObject({ failed: 1 });
});

test('a suite whose runner failed although no test did has failed', () => {
  expect(judgeSuite({ passed: 3, failed: 0, skipped: 0 }, true, false)).toMatchObject({
    passed: 3,
    failed: 1,
  });
  expect(judgeSuite({ passed: 3, failed: 2, skipped: 0 }, true, false)).toMatchObject({
    passed: 3,
    failed: 2,
  });
});

test('a skipped test is a failure in CI, and only there', () => {
  const counts = { passed: 3, failed: 1, skipped: 2 };
  expect(judgeSuite(counts, false, true)).toMatchObject({ passed: 3, failed: 3, skipped: 0 });
  expect(judgeSuite(counts, false, false)).toMatchObject({ passed: 3, failed: 1, skipped: 2 });
});

test.each(['conformance', 'e2e'])('%s without configuration counts only where it has tests', async (name) => {
  const suite = (root: string) =>
    planSteps({ root, reports: root, ci: true })
      .find((step) => step.name === name)
      ?.run();
  expect(await suite(fakeWorkspace())).toMatchObject({ passed: 0, failed: 0, skipped: 0 });
  expect(await suite(fakeWorkspace({ [`${name}/deep/a.test.ts`]: '' }))).toMatchObject({ failed: 1 });
});

const everyStep = planSteps({ root: fakeWorkspace(), reports: '.', ci: true });

test.each(['redis', 'postgres'])(
  'the session engine is tested on %s, where setup has provided it',
  (store) => {
    const step = everyStep.find(({ name }) => name === `session engine on ${store}`);
    expect(step?.needs).toEqual(['setup']);
  },
);

test('ten thousand histories are simulated, which count as one check', async () => {
  const simulated = (program: string) =>
    planSteps({
      root: fakeWorkspace({ 'packages/bff/simulation/run.ts': program }),
      reports: '.',
      ci: true,
    })
      .find(({ name }) => name === 'simulation')
      ?.run();
  const wanted = `['--histories', '10000'].join() === process.argv.slice(2).join()`;
  expect(await simulated(`process.exitCode = ${wanted} ? 0 : 1`)).toEqual(passedCheck);
  expect(await simulated('process.exitCode = 1')).toMatchObject({ passed: 0, failed: 1 });
});

test('the tests that failed are named below the table', async () => {
  const counts = { passed: 3, failed: 1, skipped: 0, failures: ['adds up'] };
  const { lines } = await run({ name: 'sums', run: async () => judgeSuite(counts, true, true) });
  expect(lines.slice(-2)).toEqual(['failed in sums: adds up', '3 passed, 1 failed']);
});

test('a step beside another begins with it, and what comes after waits for both', async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const waiting = (name: string, until: Promise<void>, more: Partial<Step> = {}): Step => ({
    name,
    ...more,
    async run() {
      order.push(`${name} begins`);
      await until;
      order.push(`${name} ends`);
      return passedCheck;
    },
  });
  const opens: Step = {
    name: 'two',
    beside: true,
    async run() {
      order.push('two begins');
      gate.resolve();
      return passedCheck;
    },
  };
  const { last, lines } = await run(waiting('one', gate.promise), opens, waiting('three', Promise.resolve()));
  expect(order).toEqual(['one begins', 'two begins', 'one ends', 'three begins', 'three ends']);
  expect(last).toBe('3 passed, 0 failed');
  expect(lines.filter((line) => line.startsWith('── '))).toEqual(['── one ──', '── two ──', '── three ──']);
});
