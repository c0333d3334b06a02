import { existsSync } from 'node:fs';
import { runCommand, succeeded } from '../process/run-command.ts';
import type { Installer } from './component.ts';

/**
 * Installs packages of Debian or Ubuntu, where we are root.
 *
 * @param names with a space between
 * @param obstacle a reason of the component's own not to try
 * @param answers to the packages' questions, as debconf-set-selections reads them
 */
export function aptInstaller(
  names: string,
  obstacle: () => string | undefined = () => undefined,
  answers?: string,
): Installer {
  return {
    name: `apt-get install -y ${names}`,
    obstacle() {
      const own = obstacle();
      if (own) return own;
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
      if (answers !== undefined) {
        const script = 'printf "%s\\n" "$1" | debconf-set-selections';
        const answered = await runCommand('sh', ['-c', script, 'sh', answers], options);
        if (!succeeded(answered)) return answered;
      }
      return runCommand(
        'apt-get',
        ['install', '-y', '--no-install-recommends', ...names.split(' ')],
        options,
      );
    },
  };
}
