import path from 'node:path';
import { parseArgs } from 'node:util';
import { DemoFailure } from './demo/failure.ts';
import { brandLabels } from './demo/providers.ts';
import { type Demo, startDemo } from './demo/start.ts';

const usage = `demo [--https] [--dev]
  --https   a locally made certificate; the app is at https://localhost:3000
  --dev     Vite's dev server behind the BFF, and restarts on change
Variables: PORT, MANAGEMENT_PORT, API_PORT, IDP_PORT, VITE_PORT, DATA_DIR, STORE_URL,
  GOOGLE_EMULATOR_PORT, GITHUB_EMULATOR_PORT, FACEBOOK_EMULATOR_PORT, LAB_PORT, LAB_ATTACKER_PORT,
  GOOGLE_CLIENT_ID and _SECRET, GITHUB_…, FACEBOOK_… (the real provider instead of its emulator),
  SESSION_IDLE_TIMEOUT, SESSION_ABSOLUTE_TIMEOUT, IDP_ACCESS_TOKEN_TTL, IDP_REFRESH_TOKEN_TTL (seconds)`;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second one does not wait; the parts end by themselves when we are gone.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const flags = readFlags(args);
  if (flags.kind === 'usage') {
    console.error(flags.text);
    return 2;
  }
  try {
    const demo = await startDemo({
      dev: flags.dev,
      https: flags.https,
      signal: stop.signal,
      say: (line) => console.log(line),
      ...(flags.dev && { onLine: (part, line) => console.log(`[${part}] ${line}`) }),
    });
    console.log(welcome(demo, shortest(demo.dataDir)));
    const failure = await Promise.race([demo.broken, aborted(stop.signal)]);
    await demo.close();
    if (!failure) return 0;
    console.error(failure.message);
    return 1;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    if (!(error instanceof DemoFailure)) throw error;
    console.error(error.message);
    return 1;
  }
}

function readFlags(
  args: string[],
): { kind: 'flags'; dev: boolean; https: boolean } | { kind: 'usage'; text: string } {
  try {
    const { values } = parseArgs({ args, options: { dev: { type: 'boolean' }, https: { type: 'boolean' } } });
    return { kind: 'flags', dev: values.dev ?? false, https: values.https ?? false };
  } catch (error) {
    return { kind: 'usage', text: `${error instanceof Error ? error.message : ''}\n${usage}` };
  }
}

function welcome({ url, emulatorUrls }: Demo, data: string): string {
  const names = new Intl.ListFormat('en').format([...emulatorUrls.keys()].map((brand) => brandLabels[brand]));
  const emulated = names === '' ? '' : `\n  ${names}: emulated, with accounts to choose from\n`;
  return `
Coatcheck demo: ${url}

  alice@example.test   password coatcheck   works with notes
  admin@example.test   password coatcheck   also sees the admin page
${emulated}
Ctrl-C ends it. State and logs are in ${data}`;
}

function shortest(folder: string): string {
  const relative = path.relative('', folder);
  return relative === '' || relative.startsWith('..') ? folder : relative;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
  });
}
