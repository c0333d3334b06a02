import type { ControlName } from './controls.ts';
import type { Mount } from './stage.ts';

/** A file below `docs/examples` that runs in the page beside its own source. */
export interface LiveExample {
  readonly title: string;
  /** Default 1. */
  readonly tabs?: number;
  /** Default true. */
  readonly isSignedIn?: boolean;
  /** Path, query and fragment at which the app starts. Default `/notes?sort=newest#first`. */
  readonly address?: string;
  readonly controls: readonly ControlName[];
  load(): Promise<Mount>;
}

async function react(
  file: Promise<{ Example: Parameters<typeof import('./mount-react.tsx').mountReact>[0] }>,
) {
  const [{ mountReact }, { Example }] = await Promise.all([import('./mount-react.tsx'), file]);
  return mountReact(Example);
}

/** By the name of the file. */
export const examples: Readonly<Record<string, LiveExample>> = {
  'session-state.ts': {
    title: 'The state of the session, without a framework',
    isSignedIn: false,
    controls: ['sign-in', 'revoke', 'provider-logout', 'offline', 'online'],
    load: async () => (await import('../examples/session-state.ts')).mount,
  },
  'api-call.ts': {
    title: 'A call through the BFF, and what can fail',
    controls: ['revoke', 'provider-down', 'offline', 'online', 'sign-in'],
    load: async () => (await import('../examples/api-call.ts')).mount,
  },
  'retry.ts': {
    title: 'A call that waits and is sent again',
    controls: ['provider-down', 'online'],
    load: async () => (await import('../examples/retry.ts')).mount,
  },
  'session.tsx': {
    title: 'Signed in or not',
    isSignedIn: false,
    controls: ['revoke', 'provider-logout', 'sign-in', 'sign-in-bob'],
    load: () => react(import('../examples/session.tsx')),
  },
  'two-tabs.tsx': {
    title: 'Two tabs of one browser',
    tabs: 2,
    controls: ['revoke', 'sign-in', 'sign-in-bob'],
    load: () => react(import('../examples/two-tabs.tsx')),
  },
  'expiry.tsx': {
    title: 'A warning before the session ends',
    controls: ['idle', 'sign-in'],
    load: () => react(import('../examples/expiry.tsx')),
  },
  'outage.tsx': {
    title: 'No network is not a sign-out',
    controls: ['offline', 'online'],
    load: () => react(import('../examples/outage.tsx')),
  },
  'devices.tsx': {
    title: 'Sessions on all devices',
    controls: ['revoke', 'sign-in'],
    load: () => react(import('../examples/devices.tsx')),
  },
  'accounts.tsx': {
    title: 'Accounts of several providers',
    controls: ['sign-in'],
    load: () => react(import('../examples/accounts.tsx')),
  },
  'step-up.tsx': {
    title: 'Calls that need more',
    controls: ['sign-in'],
    load: () => react(import('../examples/step-up.tsx')),
  },
  'sign-in-again.tsx': {
    title: 'Sign in again without losing the page',
    controls: ['expire', 'revoke', 'block-popups', 'sign-in', 'sign-in-bob'],
    load: () => react(import('../examples/sign-in-again.tsx')),
  },
  'kept-form.tsx': {
    title: 'What was typed outlives the page',
    controls: ['expire'],
    load: () => react(import('../examples/kept-form.tsx')),
  },
  'show-kept.tsx': {
    title: 'Hidden, not dropped',
    controls: ['expire', 'sign-in', 'sign-in-bob'],
    load: () => react(import('../examples/show-kept.tsx')),
  },
  'routes.tsx': {
    title: 'Protected loaders and actions',
    isSignedIn: false,
    address: '/',
    controls: ['revoke', 'sign-in-bob', 'offline', 'online'],
    async load() {
      const [{ mountRoutes }, { routes }] = await Promise.all([
        import('./mount-react.tsx'),
        import('../examples/routes.tsx'),
      ]);
      return mountRoutes(({ client }) => routes(client));
    },
  },
  ...adapter('vue', 'Vue', async () => (await import('./mount-adapters.ts')).mountVue),
  ...adapter('svelte', 'Svelte', async () => (await import('./mount-adapters.ts')).mountSvelte),
  ...adapter('solid', 'Solid', async () => (await import('./mount-adapters.ts')).mountSolid),
};

function adapter(file: string, framework: string, load: LiveExample['load']): Record<string, LiveExample> {
  const controls: ControlName[] = ['revoke', 'sign-in'];
  return { [`adapters/${file}.ts`]: { title: `The session in ${framework}`, controls, load } };
}
