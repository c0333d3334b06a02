import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isPackageManager, type PackageManager, readArguments, usage, type Wishes } from './arguments.ts';
import { type Questions, terminalQuestions } from './ask.ts';
import { describePlan, type Plan } from './change.ts';
import { isViteApp, planExistingProject } from './existing-project.ts';
import { planNewProject } from './new-project.ts';
import { type ProviderChoice, providerSteps } from './provider.ts';
import { writeChanges } from './write.ts';

/** Where the command runs. */
export interface Surroundings {
  /** The current directory. */
  readonly directory: string;
  /** As npm and its kin say who they are. */
  readonly userAgent: string | undefined;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Default: the terminal's. */
  readonly questions?: Questions;
}

const home = join(import.meta.dirname, '..');

/** The whole command; resolves to its exit status: 0 done, 1 not done, 2 wrong arguments. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { say, complain } = surroundings;
  const read = readArguments(args);
  if (read.kind === 'wrong') {
    complain(`${read.problem}\n\n${usage}`);
    return 2;
  }
  if (read.kind === 'help') {
    say(usage);
    return 0;
  }
  if (read.kind === 'version') {
    say(ownVersion());
    return 0;
  }

  const { wishes } = read;
  const ask =
    surroundings.isInteractive && !wishes.yes ? (surroundings.questions ?? terminalQuestions()) : undefined;
  const isHere = wishes.directory === undefined && isViteApp(surroundings.directory);
  const named = wishes.directory ?? (isHere ? '.' : await ask?.directory());
  if (named === undefined) return gaveUp(ask, complain, 'Name a directory.');
  const directory = resolve(surroundings.directory, named);
  const isExisting = isViteApp(directory);
  const hindrance = isExisting ? undefined : whyNotNew(directory);
  if (hindrance !== undefined) {
    complain(`${named} ${hindrance}. Nothing was changed. Name another directory.`);
    return 1;
  }

  const provider = await chooseProvider(wishes, ask);
  if (provider === undefined) return gaveUp(ask, complain, '');
  const api = isExisting ? (wishes.api ?? (ask ? await ask.api() : 'http://127.0.0.1:8080')) : '';
  if (api === undefined) return gaveUp(ask, complain, '');
  const plan = isExisting
    ? planExistingProject({ directory, provider, api, version: ownVersion() })
    : planNewProject({ directory, template: join(home, 'template', 'react'), provider });

  for (const line of describePlan(plan)) say(line);
  if (wishes.dryRun) {
    for (const note of plan.notes) say(note);
    say('Nothing was written (--dry-run).');
    return 0;
  }
  if (isExisting && !wishes.yes) {
    if (ask === undefined) {
      complain('Nothing was written: say --yes to make these changes to an existing app.');
      return 1;
    }
    if (!(await ask.goOn())) return gaveUp(ask, complain, '');
  }
  try {
    writeChanges(directory, plan.changes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    complain(`Could not write: ${reason}. Make ${named} writable, or name another directory.`);
    return 1;
  }
  const manager = wishes.packageManager ?? managerOf(surroundings.userAgent);
  for (const line of nextSteps({
    plan,
    manager,
    provider,
    isExisting,
    at: relative(surroundings.directory, directory),
  }))
    say(line);
  return 0;
}

async function chooseProvider(
  { provider, issuer }: Wishes,
  ask: Questions | undefined,
): Promise<ProviderChoice | undefined> {
  const name = provider ?? (issuer === undefined && ask ? await ask.provider() : 'oidc');
  if (name === undefined) return undefined;
  if (name !== 'oidc' || issuer !== undefined || ask === undefined) return { name, issuer };
  const answer = await ask.issuer();
  return answer === undefined ? undefined : { name, issuer: answer };
}

function gaveUp(ask: Questions | undefined, complain: (line: string) => void, problem: string): number {
  complain(ask === undefined ? `${problem}\n\n${usage}` : 'Cancelled. Nothing was written.');
  return ask === undefined ? 2 : 1;
}

/** Why a new project cannot be here; undefined where nothing is, or nothing but version control. */
function whyNotNew(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  if (!statSync(directory).isDirectory()) return 'is a file';
  const names = namesIn(directory);
  if (names === undefined) return 'cannot be read';
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 3).join(', ');
  return `is not empty (${shown}${names.length > 3 ? ', …' : ''}) and holds no Vite app`;
}

function namesIn(directory: string): string[] | undefined {
  try {
    return readdirSync(directory).filter((name) => name !== '.git' && name !== '.DS_Store');
  } catch {
    return undefined;
  }
}

interface Outcome {
  readonly plan: Plan;
  readonly manager: PackageManager;
  readonly provider: ProviderChoice;
  readonly isExisting: boolean;
  readonly at: string;
}

function nextSteps({ plan, manager, provider, isExisting, at }: Outcome): string[] {
  const where = at === '' ? [] : [`  cd ${at}`];
  const commands = [...where, `  ${manager} install`, `  ${manager} run dev`];
  return [
    '',
    ...plan.notes.flatMap((note) => [note, '']),
    'Now:',
    ...commands,
    isExisting
      ? 'Then open the address that Vite prints: /bff/login signs you in, no account needed.'
      : 'Then open http://localhost:5173 and sign in: in development no account is needed.',
    '',
    'For production, at the provider:',
    ...providerSteps(provider, 'https://app.example').map((step) => `  - ${step}`),
  ];
}

function managerOf(userAgent = ''): PackageManager {
  const name = userAgent.split('/')[0];
  return isPackageManager(name) ? name : 'npm';
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return String(version);
}
