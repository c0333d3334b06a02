import { existsSync } from 'node:fs';

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Where Chromium or Chrome is: `CHROMIUM_PATH`, else one of the usual places, else undefined, which lets Playwright
 * look for its own.
 */
export function findChromium(env: Record<string, string | undefined> = process.env): string | undefined {
  const named = env.CHROMIUM_PATH;
  if (named === undefined || named === '') return usualPaths.find((path) => existsSync(path));
  if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, but there is no such file.`);
  return named;
}
