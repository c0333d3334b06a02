import { createRequire } from 'node:module';
import path from 'node:path';
import { runCommand } from '../process/run-command.ts';
import { aptInstaller } from './apt.ts';
import { findBrowser } from './browser.ts';
import type { Component, Installer } from './component.ts';

/** The browser of the end-to-end tests. */
export const chromiumComponent: Component = {
  name: 'Chromium',
  find() {
    const browser = findBrowser();
    if (browser.kind === 'missing') return browser;
    return { kind: 'found', what: `${browser.path} (${browser.from})` };
  },
  installers: [playwrightInstaller(), aptInstaller('chromium', chosenByHand)],
  byHand: byHand(process.platform),
};

function playwrightInstaller(): Installer {
  const cli = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
    'cli.js',
  );
  return {
    name: 'playwright install chromium',
    obstacle: chosenByHand,
    // Behind a firewall that drops packets the download would try for minutes.
    run: () =>
      runCommand(process.execPath, [cli, 'install', '--no-progress', 'chromium'], {
        limitSeconds: 60,
        output: 'keep',
      }),
  };
}

function chosenByHand(): string | undefined {
  return process.env.CHROMIUM_PATH ? 'CHROMIUM_PATH decides' : undefined;
}

function byHand(platform: NodeJS.Platform): string {
  const install: Partial<Record<NodeJS.Platform, string>> = {
    linux: 'install it with your package manager (Debian: sudo apt-get install chromium)',
    darwin: 'brew install --cask google-chrome',
    win32: 'winget install Google.Chrome',
  };
  return `${install[platform] ?? 'install Chromium or Chrome'}, or set CHROMIUM_PATH to a Chromium or Chrome program.`;
}
