import { startIdp } from './app.ts';
import { startDemoEmulators } from './emulators/demo.ts';
import { readEnvironment } from './environment.ts';
import { overrideVariable } from './exposure.ts';
import { jsonLog } from './log.ts';
import { IdpStartError } from './start-error.ts';

const read = readEnvironment(process.env);
if (read.kind === 'invalid') {
  console.error(
    `The demo authorization server cannot start:\n${read.problems.map((line) => `  ${line}`).join('\n')}`,
  );
  process.exit(2);
}

const log = jsonLog(
  (line) => process.stdout.write(line),
  () => new Date(),
);
if (read.options.exposed)
  log('warning', { text: `${overrideVariable}=1: anybody who reaches this server can sign in` });

try {
  const { options } = read;
  const idp = await startIdp({ ...options, log });
  const emulators = await startDemoEmulators({
    ...options,
    ports: read.emulators,
    log,
    ...(options.issuer !== undefined && { originHost: new URL(options.issuer).hostname }),
  }).catch(async (cause: unknown) => {
    await idp.close();
    throw cause;
  });
  for (const { url } of emulators) log('emulator.ready', { url });
  log('ready', { issuer: idp.issuer, pid: process.pid });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      Promise.all([idp, ...emulators].map((server) => server.close())).then(() => log('stopped', { signal }));
    });
  }
} catch (cause) {
  if (!(cause instanceof IdpStartError)) throw cause;
  console.error(cause.message);
  process.exitCode = 1;
}
