#!/usr/bin/env node
import { ConfigError, StoreError } from '@coatcheck/bff';
import closeWithGrace from 'close-with-grace';
import { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { configSchema } from '../config/schema.ts';
import { newKey, rotateKeys } from '../keys/rotate.ts';
import { PortTaken, serve } from '../serve.ts';

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
    const running = await serve(loadConfig(options.config, process.env));
    closeWithGrace({ delay: false, logger: running.app.log }, async ({ err }) => {
      if (err) running.app.log.error({ err }, 'stopping after an error');
      await running.close();
    });
    running.app.log.info({ event: 'ready', management: running.managementUrl }, 'ready');
  });

const keys = program.command('keys').description('root keys for tickets and sessions');

keys
  .command('generate')
  .description('print a new key: 32 random bytes, base64url')
  .action(() => console.log(newKey()));

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

try {
  await program.parseAsync();
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof StoreError || error instanceof PortTaken;
  console.error(expected ? error.message : error);
  process.exitCode = expected ? unusable : 1;
}
