import type { Place, Target } from './workspace.ts';

/** The arrows between workspace members: who may import which of our packages. Tests may add `testing`. */
const packageArrows: Readonly<Record<string, readonly string[]>> = {
  'packages/protocol': [],
  'packages/client': ['packages/protocol'],
  'packages/react': ['packages/client', 'packages/protocol'],
  'packages/bff': ['packages/protocol'],
  'packages/testing': ['packages/protocol'],
  'packages/resource-server': [],
  // Its templates do; the program itself imports none of ours.
  'packages/create': [
    'packages/client',
    'packages/react',
    'packages/resource-server',
    'packages/testing',
    'packages/vite',
  ],
  'packages/vite': ['packages/bff', 'packages/protocol'],
};

/** The stages of packages/bff/src in the order of a request; each may import the lines above its own. */
const bffStages: readonly (readonly string[])[] = [
  ['web', 'profiles'],
  ['problems'],
  ['options'],
  ['observe'],
  ['ticket'],
  ['store'],
  ['session'],
  ['provider'],
  ['login', 'refresh'],
  ['proxy', 'logout', 'account'],
  ['limits', 'diagnostics'],
  ['coatcheck', 'endpoint'],
  ['coatcheck', 'endpoint'],
  ['plugin'],
  ['index'],
];

/** Third-party boundaries: within `scope` only `only` may import the module. */
const boundaries: readonly {
  readonly module: string;
  readonly scope: readonly string[];
  readonly only: string;
}[] = [
  { module: 'openid-client', scope: ['packages', 'apps'], only: 'packages/bff/src/provider' },
  { module: 'undici', scope: ['packages', 'apps'], only: 'packages/bff/src/proxy' },
  { module: 'ws', scope: ['packages/bff', 'apps/bff'], only: 'packages/bff/src/proxy/websocket' },
  { module: '@fastify/secure-session', scope: ['packages', 'apps'], only: 'packages/bff/src/ticket' },
  { module: '@fastify/rate-limit', scope: ['packages', 'apps'], only: 'packages/bff/src/limits' },
  { module: '@fastify/under-pressure', scope: ['packages', 'apps'], only: 'packages/bff/src/limits' },
  { module: 'redis', scope: ['packages/bff', 'apps/bff'], only: 'packages/bff/src/store/redis' },
  { module: 'pg', scope: ['packages/bff', 'apps/bff'], only: 'packages/bff/src/store/postgres' },
  { module: 'node:sqlite', scope: ['packages/bff', 'apps/bff'], only: 'packages/bff/src/store' },
  { module: 'jose', scope: ['packages/bff', 'apps/bff'], only: 'packages/bff/src/provider' },
];

/**
 * The first rule that an import breaks, in words, or undefined.
 *
 * design.md §2: members import each other by public entry and in one direction, the stages of the BFF go
 * one way, and each third-party boundary has one importer.
 */
export function brokenRule(from: Place, to: Target): string | undefined {
  return memberRule(from, to) ?? (from.isTest ? undefined : (stageRule(from, to) ?? boundaryRule(from, to)));
}

/** A place that no arrow speaks of: everything there would pass unseen. */
export function unplacedRule({ unit, stage }: Place): string | undefined {
  if (isPackage(unit) && !packageArrows[unit]) return `${unit} has no arrows yet`;
  if (unit === 'packages/bff' && stage !== undefined && rankOf(stage) === -1) {
    return `${stage} is not among the stages of ${unit}`;
  }
  return undefined;
}

/** Code that ships may not hide an import from this check. */
export function computedImportRule(from: Place): string | undefined {
  if (from.isTest || from.stage === undefined) return undefined;
  return 'import() needs a literal, or nobody can check where it leads';
}

function memberRule(from: Place, to: Target): string | undefined {
  if (to.kind !== 'file' && to.kind !== 'member') return undefined;
  const unit = to.kind === 'file' ? to.place.unit : to.unit;
  if (unit === from.unit) return undefined;
  if (isPackage(from.unit) && unit.startsWith('apps/')) return 'packages never import apps';

  if (isPackage(from.unit)) {
    const allowed = packageArrows[from.unit] ?? [];
    if (!allowed.includes(unit) && !(from.isTest && unit === 'packages/testing')) {
      const names = allowed.map((name) => name.replace('packages/', '')).join(', ');
      return `${from.unit} may import of ours: ${names || 'nothing'}${from.isTest ? ', in tests also testing' : ''}`;
    }
  }
  if (from.unit.startsWith('apps/') && !isPackage(unit)) return 'apps import packages only';

  if (to.kind === 'file') {
    // The browser tests and the benchmarks start the demo, which has no package name; and scripts make documentation
    // from what is not public.
    if ((unit === 'scripts' && !isProduct(from.unit)) || from.unit === 'scripts') return undefined;
    return 'other members are imported by package name, through their public entries';
  }
  return to.entry === undefined ? 'not a public entry of that package (see its exports)' : undefined;
}

function stageRule(from: Place, to: Target): string | undefined {
  if (from.unit !== 'packages/bff' || from.stage === undefined) return undefined;
  const own = rankOf(from.stage);
  if (own === -1) return undefined;
  if (to.kind === 'member' && to.unit === from.unit) return 'a package does not import itself by name';
  if (to.kind !== 'file' || to.place.unit !== from.unit) return undefined;
  if (to.place.stage === undefined) return 'src imports src only';
  if (to.place.stage === from.stage || rankOf(to.place.stage) < own) return undefined;
  return `${from.stage} stands before or beside ${to.place.stage}: ${bffStages.map((stage) => stage.join(', ')).join(' ← ')}`;
}

function boundaryRule(from: Place, to: Target): string | undefined {
  if (to.kind !== 'third-party' && to.kind !== 'builtin') return undefined;
  const boundary = boundaries.find(
    ({ module, scope, only }) =>
      module === to.name && scope.some((folder) => isUnder(from.file, folder)) && !isUnder(from.file, only),
  );
  return boundary && `only ${boundary.only} imports ${boundary.module}`;
}

function rankOf(stage: string): number {
  return bffStages.findIndex((stages) => stages.includes(stage));
}

function isPackage(unit: string): boolean {
  return unit.startsWith('packages/');
}

function isProduct(unit: string): boolean {
  return isPackage(unit) || unit.startsWith('apps/');
}

function isUnder(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`) || new RegExp(`^${folder}\\.[cm]?[jt]sx?$`).test(file);
}
