import { type CommandResult, succeeded } from '../process/run-command.ts';

/** Something the tests need on the machine and npm does not bring: a browser, Redis, PostgreSQL. */
export type Component = {
  readonly name: string;
  find(): Found | Missing;
  /** Tried in this order until `find` succeeds. */
  readonly installers: readonly Installer[];
  /** What a person types where no installer helped. */
  readonly byHand: string;
};

export type Found = { readonly kind: 'found'; readonly what: string };
export type Missing = { readonly kind: 'missing'; readonly reason: string };

export type Installer = {
  /** The command as a person would type it. */
  readonly name: string;
  /** Why it cannot be used here, if so. */
  obstacle(): string | undefined;
  run(): Promise<CommandResult>;
};

/**
 * Finds the component or installs it, saying each step in one line.
 *
 * @returns true when it is there in the end.
 */
export async function ensure(component: Component, say: (line: string) => void): Promise<boolean> {
  let state = component.find();
  for (const installer of component.installers) {
    if (state.kind === 'found') break;
    const obstacle = installer.obstacle();
    if (obstacle) {
      say(`${component.name}: ${installer.name}: not tried, ${obstacle}`);
      continue;
    }
    say(`${component.name}: ${state.reason}; trying: ${installer.name}`);
    const result = await installer.run();
    say(`${component.name}: ${installer.name}: ${outcome(result)}`);
    state = component.find();
  }
  if (state.kind === 'found') {
    say(`${component.name}: ${state.what}`);
    return true;
  }
  say(`${component.name}: ${state.reason}. To do: ${component.byHand}`);
  return false;
}

function outcome(result: CommandResult): string {
  if (succeeded(result)) return 'done';
  if (result.kind === 'timed-out') return 'gave up, it took too long';
  if (result.kind === 'not-started') return `could not start (${result.reason})`;
  const lines = result.output.split('\n').map((line) => line.trim());
  const telling = lines.find((line) => /^(E:|error)/i.test(line)) ?? lines.findLast((line) => line !== '');
  return `failed with ${result.code}${telling ? ` (${telling})` : ''}`;
}
