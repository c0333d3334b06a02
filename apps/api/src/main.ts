import { OptionsError } from '@coatcheck/resource-server';
import { buildApi } from './app.ts';
import { openDatabase } from './database.ts';
import { type Environment, readEnvironment } from './environment.ts';

const read = readEnvironment(process.env);
if (read.kind === 'invalid') {
  stop(`The demo API cannot start:\n${read.problems.map((problem) => `  ${problem}`).join('\n')}`);
} else {
  await start(read.environment);
}

async function start(environment: Environment): Promise<void> {
  const { host, port, databaseFile, issuer, audience, publicUrl, freshSignIn, expiresOnDemand, logLevel } =
    environment;
  const opened = openDatabase(databaseFile);
  if (opened.kind === 'unusable') {
    return stop(
      `The demo API cannot use ${databaseFile}: ${opened.detail}. Set DATA_DIR to a directory it may write.`,
    );
  }
  const log = { level: logLevel };
  const { database } = opened;
  const app = await buildApi({
    issuer,
    audience,
    publicUrl,
    database,
    freshSignIn,
    expiresOnDemand,
    log,
  }).catch((error) => {
    if (!(error instanceof OptionsError)) throw error;
    const names = 'API_ISSUER, API_AUDIENCE and API_PUBLIC_URL';
    stop(`The demo API cannot start, see ${names}:\n  ${error.problems.join('\n  ')}`);
  });
  if (app === undefined) return;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => app.close());
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : String(error);
    const reason = code === 'EADDRINUSE' ? 'the port is taken' : code;
    stop(
      `The demo API cannot listen on ${host}:${port}: ${reason}. Set API_PORT or API_HOST to something else.`,
    );
  }
}

function stop(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
