/**
 * What a page pays for the SDK, minified and gzipped, React and react-router apart. `pnpm size` at the root runs it.
 * The part that follows the server is imported when somebody is signed in, so it is no part of the first load.
 */
const core = '{ SessionProvider, createSessionClient, useSession, useUser, Show, LoginLink, LogoutButton }';
const outside = ['react', 'react/jsx-runtime', 'react-router'];

const liveLater = {
  name: 'live-later',
  setup(build) {
    build.onResolve({ filter: /\/live\.ts$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** @param {import('esbuild').BuildOptions} config */
const modern = (config) => ({ ...config, format: 'esm', target: 'es2022', jsx: 'automatic' });
const firstLoad = (config) => ({ ...modern(config), plugins: [liveLater] });
const shared = { gzip: true, ignore: outside };

export default [
  {
    // React is not left out here: had the client any of it, this would be ten times as much.
    name: 'the client alone: session and fetch',
    path: '../client/src/index.ts',
    import: '{ createSessionClient }',
    gzip: true,
    limit: '3.5 kB',
    modifyEsbuildConfig: firstLoad,
  },
  {
    name: 'one function of the client: retryOf',
    path: '../client/src/index.ts',
    import: '{ retryOf }',
    gzip: true,
    limit: '0.5 kB',
    modifyEsbuildConfig: firstLoad,
  },
  {
    ...shared,
    name: 'core: provider, client, fetch, hooks, Show, LoginLink, LogoutButton',
    path: 'src/index.ts',
    import: core,
    limit: '4 kB',
    modifyEsbuildConfig: firstLoad,
  },
  {
    ...shared,
    name: 'core and the router part',
    path: 'src/index.ts',
    import: {
      'src/index.ts': core,
      'src/router.ts': '{ sessionMiddleware, requireSession, requireRole, sessionContext }',
    },
    limit: '5 kB',
    modifyEsbuildConfig: firstLoad,
  },
  {
    ...shared,
    name: 'core and what is loaded when somebody is signed in',
    path: 'src/index.ts',
    import: core,
    limit: '6.6 kB',
    modifyEsbuildConfig: modern,
  },
  {
    ...shared,
    name: 'all of @coatcheck/react',
    path: 'src/index.ts',
    import: '*',
    limit: '11.5 kB',
    modifyEsbuildConfig: modern,
  },
];
