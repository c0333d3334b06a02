import { expect, test } from 'vitest';
import { findBrowser, type Machine } from '../setup/browser.ts';
import { type Component, ensure, type Installer } from '../setup/component.ts';

function machine(starting: readonly string[], given: Partial<Machine> = {}): Machine {
  return {
    env: { PATH: '/usr/bin:/opt/bin:relative' },
    platform: 'linux',
    playwrightPath: '/cache/ms-playwright/chrome',
    runs: (file) => starting.includes(file),
    ...given,
  };
}

test('CHROMIUM_PATH comes first', () => {
  const env = { CHROMIUM_PATH: '/mine', PATH: '' };
  expect(findBrowser(machine(['/mine', '/usr/bin/chromium'], { env }))).toEqual({
    kind: 'found',
    path: '/mine',
    from: 'CHROMIUM_PATH',
  });
});

test('a CHROMIUM_PATH that does not start is said, not replaced', () => {
  const env = { CHROMIUM_PATH: '/mine', PATH: '' };
  expect(findBrowser(machine(['/usr/bin/chromium'], { env }))).toEqual({
    kind: 'missing',
    reason: 'CHROMIUM_PATH is /mine, which does not start',
  });
});

test('the system comes before Playwright, and what does not start is passed over', () => {
  expect(findBrowser(machine(['/usr/bin/google-chrome', '/cache/ms-playwright/chrome']))).toMatchObject({
    path: '/usr/bin/google-chrome',
    from: 'system',
  });
});

test('a browser on PATH is found, a relative PATH entry is not followed', () => {
  expect(findBrowser(machine(['/opt/bin/chromium']))).toMatchObject({ path: '/opt/bin/chromium' });
  expect(findBrowser(machine(['relative/chromium']))).toMatchObject({ kind: 'missing' });
});

test("Playwright's own browser is the last resort", () => {
  expect(findBrowser(machine(['/cache/ms-playwright/chrome']))).toMatchObject({ from: 'Playwright' });
});

function component(installers: Installer[], found: () => boolean): Component {
  return {
    name: 'Thing',
    find: () => (found() ? { kind: 'found', what: '/bin/thing' } : { kind: 'missing', reason: 'no thing' }),
    installers,
    byHand: 'install thing.',
  };
}

test('what is there is not installed', async () => {
  const lines: string[] = [];
  const installer: Installer = {
    name: 'never',
    obstacle: () => undefined,
    run: () => Promise.reject(new Error('ran')),
  };
  expect(
    await ensure(
      component([installer], () => true),
      (line) => lines.push(line),
    ),
  ).toBe(true);
  expect(lines).toEqual(['Thing: /bin/thing']);
});

test('installers are tried in order until it is there, each in a line', async () => {
  let there = false;
  const lines: string[] = [];
  const installers: Installer[] = [
    { name: 'first', obstacle: () => 'it needs root', run: () => Promise.reject(new Error('ran')) },
    {
      name: 'second',
      obstacle: () => undefined,
      run: () => Promise.resolve({ kind: 'timed-out', output: '' }),
    },
    {
      name: 'third',
      obstacle: () => undefined,
      run() {
        there = true;
        return Promise.resolve({ kind: 'ended', code: 0, output: '' });
      },
    },
    { name: 'fourth', obstacle: () => undefined, run: () => Promise.reject(new Error('ran')) },
  ];
  expect(
    await ensure(
      component(installers, () => there),
      (line) => lines.push(line),
    ),
  ).toBe(true);
  expect(lines).toEqual([
    'Thing: first: not tried, it needs root',
    'Thing: no thing; trying: second',
    'Thing: second: gave up, it took too long',
    'Thing: no thing; trying: third',
    'Thing: third: done',
    'Thing: /bin/thing',
  ]);
});

test('where nothing helps it says what to do', async () => {
  const lines: string[] = [];
  const failing: Installer = {
    name: 'get',
    obstacle: () => undefined,
    run: () =>
      Promise.resolve({ kind: 'ended', code: 1, output: 'Reading…\nError: no network\n  at somewhere\n' }),
  };
  expect(
    await ensure(
      component([failing], () => false),
      (line) => lines.push(line),
    ),
  ).toBe(false);
  expect(lines.slice(1)).toEqual([
    'Thing: get: failed with 1 (Error: no network)',
    'Thing: no thing. To do: install thing.',
  ]);
});
