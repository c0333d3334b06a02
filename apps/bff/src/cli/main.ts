#!/usr/bin/env node
import closeWithGrace from 'close-with-grace';
import { Command, Option } from 'commander';
import { serveCluster } from '../cluster/serve.ts';
import { workerCount } from '../cluster/worker-count.ts';
import { loadConfig } from '../config/load.ts';
import { configSchema } from '../config/schema.ts';
import { type ClientKeyAlgorithm, clientKeyAlgorithms, newClientKey } from '../keys/client-key.ts';
import { newKey, rotateKeys } from '../keys/rotate.ts';
import { serve } from '../serve.ts';
import { isForPeople, WorkerUnfit } from '../start-failure.ts';
import { addDoctor } from './doctor.ts';

/** Exit status for a configuration that cannot be used, or a wrong call. */
const unusable = 2;

const program = new Command('coatcheck')
  .description('Backend-for-frontend for single-page apps: the tokens stay here, the browser keeps a ticket.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : unusable));

program
  .command('serve', { isDefault: true })
  .description('start the server')
  .option('-c, --config <file>', 'configuration file', process.env.COATCHECK_CONFIG)
  .action(async (options: { config?: string }) => {
    const config = loadConfig(options.config, process.env);
    const workers = workerCount(config.workers);
    const { log, managementUrl, close } = await (workers > 1 ? serveCluster(config, workers) : serve(config));
    closeWithGrace({ delay: false, logger: log }, async ({ err }) => {
      if (err) log.error({ err }, 'stopping after an error');
      await close();
    });
    log.info({ event: 'ready', management: managementUrl, workers }, 'ready');
  });

const keys = program
  .command('keys')
  .description('root keys for tickets and sessions, and keys of the client');

keys
  .command('generate')
  .description('print a new key: 32 random bytes, base64url; with --client, a private key for clientKeys')
  .option('--client', 'a key of the client: it signs (private_key_jwt), or opens what is encrypted for it')
  .addOption(new Option('--alg <name>', 'what the key is for').choices(clientKeyAlgorithms).default('ES256'))
  .addOption(new Option('--format <name>', 'how it is written').choices(['jwk', 'pem']).default('jwk'))
  .action((options: { client?: boolean; alg: ClientKeyAlgorithm; format: 'jwk' | 'pem' }) =>
    console.log(options.client ? newClientKey(options.alg, options.format) : newKey()),
  );

keys
  .command('rotate')
  .description(
    'add a new key to a file (then restart every instance); with --activate, seal with it (and restart again)',
  )
  .argument('<file>', 'one key a line; the first seals, all open')
  .option('--activate', 'put the key that was added last first')
  .option('--keep <n>', 'keys to keep when one is activated', '3')
  .action((file: string, options: { activate?: boolean; keep: string }) => {
    const held = rotateKeys(
      file,
      options.activate ? 'activate' : 'announce',
      Number.parseInt(options.keep, 10) || 3,
    );
    console.error(`${file} holds ${held} keys. Restart every instance now.`);
  });

program
  .command('config')
  .description('the configuration')
  .command('schema')
  .description('print its JSON Schema')
  .action(() => console.log(JSON.stringify(configSchema, null, 2)));

addDoctor(program);

try {
  await program.parseAsync();
} catch (error) {
  const expected = isForPeople(error);
  // What a worker could not start with is in its own words, and its stack.
  console.error(expected || error instanceof WorkerUnfit ? error.message : error);
  process.exitCode = expected ? unusable : 1;
}
