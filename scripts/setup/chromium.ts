import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runCommand, succeeded } from '../process/run-command.ts';
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
  installers: [playwrightInstaller(), aptInstaller()],
  byHand: byHand(process.platform),
};

function playwrightInstaller(): Installer {
  const cli = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
    'cli.js',
  );
  return {
    name: 'playwright install chromium',
    obstacle: () => (process.env.CHROMIUM_PATH ? 'CHROMIUM_PATH decides' : undefined),
    // Behind a firewall that drops packets the download would try for minutes.
    run: () =>
      runCommand(process.execPath, [cli, 'install', '--no-progress', 'chromium'], {
        limitSeconds: 60,
        output: 'keep',
      }),
  };
}

function aptInstaller(): Installer {
  return {
    name: 'apt-get install -y chromium',
    obstacle() {
      if (process.env.CHROMIUM_PATH) return 'CHROMIUM_PATH decides';
      if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) {
        return 'this is no Debian or Ubuntu';
      }
      return process.getuid?.() === 0 ? undefined : 'it needs root';
    },
    async run() {
      const options = {
        limitSeconds: 240,
        output: 'keep',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      } as const;
      const update = await runCommand('apt-get', ['update'], options);
      if (!succeeded(update)) return update;
      return runCommand('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
    },
  };
}

function byHand(platform: NodeJS.Platform): string {
  const install: Partial<Record<NodeJS.Platform, string>> = {
    linux: 'install it with your package manager (Debian: sudo apt-get install chromium)',
    darwin: 'brew install --cask google-chrome',
    win32: 'winget install Google.Chrome',
  };
  return `${install[platform] ?? 'install Chromium or Chrome'}, or set CHROMIUM_PATH to a Chromium or Chrome program.`;
}
