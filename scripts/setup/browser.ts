import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';

export type BrowserLookup =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly from: 'CHROMIUM_PATH' | 'system' | 'Playwright';
    }
  | { readonly kind: 'missing'; readonly reason: string };

/** What the look-up asks of the machine; tests pass their own. */
export type Machine = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Where Playwright's own Chromium would be, installed or not. */
  readonly playwrightPath: string | undefined;
  /** True when the file is there and starts: a snap stub or missing shared libraries do not count. */
  runs(file: string): boolean;
};

const programNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

const systemPaths: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

/**
 * Finds a Chromium or Chrome that starts: `CHROMIUM_PATH`, then the system's paths and `PATH`, then the one
 * Playwright installed. A `CHROMIUM_PATH` that does not start is an answer, not a reason to take another.
 *
 * @example
 * const browser = findBrowser();
 * const launchOptions = browser.kind === 'found' ? { executablePath: browser.path } : {};
 */
export function findBrowser(machine: Machine = thisMachine()): BrowserLookup {
  const chosen = machine.env.CHROMIUM_PATH;
  if (chosen) {
    if (machine.runs(chosen)) return { kind: 'found', path: chosen, from: 'CHROMIUM_PATH' };
    return { kind: 'missing', reason: `CHROMIUM_PATH is ${chosen}, which does not start` };
  }
  const system = systemCandidates(machine).find((file) => machine.runs(file));
  if (system) return { kind: 'found', path: system, from: 'system' };
  if (machine.playwrightPath && machine.runs(machine.playwrightPath)) {
    return { kind: 'found', path: machine.playwrightPath, from: 'Playwright' };
  }
  return { kind: 'missing', reason: 'no Chromium or Chrome here that starts' };
}

function systemCandidates({ env, platform }: Machine): string[] {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const onPath =
    platform === 'win32' ? [] : folders.flatMap((f) => programNames.map((name) => path.join(f, name)));
  return [...new Set([...(systemPaths[platform] ?? []), ...onPath])];
}

function thisMachine(): Machine {
  return {
    env: process.env,
    platform: process.platform,
    playwrightPath: chromium.executablePath() || undefined,
    runs: startsHere,
  };
}

function startsHere(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return false;
  }
  // On Windows `chrome.exe --version` opens a window instead of printing.
  if (process.platform === 'win32') return true;
  return spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}
