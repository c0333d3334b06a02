import { styleText } from 'node:util';
import { isProfileName, profiles } from '@coatcheck/bff';
import { type Command, Option } from 'commander';
import { runDoctor } from '../doctor/doctor.ts';

/** Adds `coatcheck doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('examine a provider: what will work, what will not, and the configuration for it')
    .option('--issuer <url>', 'issuer of the provider, as it writes it')
    .option('--client-id <id>', 'for the configuration that is printed')
    .addOption(
      new Option('--profile <name>', 'what is known of the provider already')
        .choices(Object.keys(profiles))
        .default('oidc'),
    )
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 all that is needed is there, 1 something is missing, 2 wrong call or no answer.\nNo secret is sent, and nothing is changed at the provider.',
    )
    .action(async (options: { issuer?: string; clientId?: string; profile: string; json?: boolean }) => {
      const { profile, ...more } = options;
      const { exitCode, stdout, stderr } = await runDoctor(
        { ...more, profile: isProfileName(profile) ? profile : 'oidc' },
        { fetch: globalThis.fetch, now: Date.now },
        (colour, text) => styleText(colour, text, { stream: process.stdout }),
      );
      if (stdout !== '') console.log(stdout);
      if (stderr !== '') console.error(stderr);
      process.exitCode = exitCode;
    });
}
