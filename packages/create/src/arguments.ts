import { parseArgs } from 'node:util';
import { isProviderName, type ProviderName, providerNames } from './provider.ts';

export const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type PackageManager = (typeof packageManagers)[number];

export const templates = ['react'] as const;

/** What was said on the command line. */
export interface Wishes {
  readonly directory: string | undefined;
  readonly provider: ProviderName | undefined;
  readonly issuer: string | undefined;
  readonly api: string | undefined;
  readonly packageManager: PackageManager | undefined;
  /** Ask nothing, and change an existing app without a further question. */
  readonly yes: boolean;
  readonly dryRun: boolean;
}

export type ReadArguments =
  | { readonly kind: 'wishes'; readonly wishes: Wishes }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly problem: string };

export const usage = `Usage: create-coatcheck [directory] [options]

In an empty or new directory: a React app, an API and a test, behind Coatcheck.
In the directory of a Vite app: that app put behind Coatcheck.

  --template <name>         ${templates.join(', ')} (default: react)
  --provider <name>         who signs people in in production: ${providerNames.join(', ')} (default: oidc)
  --issuer <url>            issuer of the OpenID Provider, with --provider oidc
  --api <url>               where the existing app's API is (default: http://127.0.0.1:8080)
  --package-manager <name>  ${packageManagers.join(', ')} (default: the one that runs this)
  -y, --yes                 ask nothing; take the defaults
  --dry-run                 show what would be written, and write nothing
  -h, --help
  -v, --version

Exit status: 0 done, 1 not done, 2 wrong arguments.`;

/** Reads the command line. Everything can be said on it, so that scripts are never asked. */
export function readArguments(args: readonly string[]): ReadArguments {
  const parsed = parse(args);
  if ('problem' in parsed) return { kind: 'wrong', problem: parsed.problem };
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };

  const { provider, issuer, api, template = 'react' } = values;
  const packageManager = values['package-manager'];
  const [directory, ...more] = positionals;
  const wrong = (problem: string) => ({ kind: 'wrong', problem }) as const;
  if (more.length > 0) return wrong('Name one directory.');
  if (!templates.some((one) => one === template))
    return wrong(`--template is ${template}. Known: ${templates.join(', ')}.`);
  if (provider !== undefined && !isProviderName(provider))
    return wrong(`--provider is ${provider}. Known: ${providerNames.join(', ')}.`);
  if (packageManager !== undefined && !isPackageManager(packageManager))
    return wrong(`--package-manager is ${packageManager}. Known: ${packageManagers.join(', ')}.`);
  if (issuer !== undefined && (provider ?? 'oidc') !== 'oidc')
    return wrong(`--issuer has no effect with --provider ${provider}.`);
  const issuerFault = issuer === undefined ? undefined : issuerProblem(issuer);
  if (issuerFault !== undefined) return wrong(`--issuer ${issuerFault}`);
  const apiFault = api === undefined ? undefined : apiProblem(api);
  if (apiFault !== undefined) return wrong(`--api ${apiFault}`);
  return {
    kind: 'wishes',
    wishes: {
      directory,
      provider,
      issuer,
      api,
      packageManager,
      yes: values.yes ?? false,
      dryRun: values['dry-run'] ?? false,
    },
  };
}

/** What is wrong with an issuer identifier (OpenID Connect Discovery §3), or undefined. */
export function issuerProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'is no URL. Write for example https://login.example.';
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !isLoopback) return 'is http. An issuer has https.';
  return url.search === '' && url.hash === '' ? undefined : 'has a query or a fragment. An issuer has none.';
}

/** What is wrong with an API's address, or undefined. */
export function apiProblem(text: string): string | undefined {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? undefined : 'is no http or https URL.';
}

export function isPackageManager(name: string | undefined): name is PackageManager {
  return packageManagers.some((one) => one === name);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        template: { type: 'string' },
        provider: { type: 'string' },
        issuer: { type: 'string' },
        api: { type: 'string' },
        'package-manager': { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        'dry-run': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    // Node goes on about positional arguments.
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    return { problem: `${problem}.` };
  }
}
