import { existsSync } from 'node:fs';
import { runCommand, succeeded } from '../process/run-command.ts';
import type { Installer } from './component.ts';

/**
 * Installs a package of Debian or Ubuntu, where we are root.
 *
 * @param obstacle a reason of the component's own not to try
 */
export function aptInstaller(name: string, obstacle: () => string | undefined = () => undefined): Installer {
  return {
    name: `apt-get install -y ${name}`,
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
      return runCommand('apt-get', ['install', '-y', '--no-install-recommends', name], options);
    },
  };
}
