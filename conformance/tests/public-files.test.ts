import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { faults } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { createRecorder } from '../evidence/recorder.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const shell =
  '<!doctype html><title>App</title><script type="module" src="/assets/app-a1b2c3d4.js"></script>';
const secret = 'never to be served';
const build: Record<string, string> = {
  'index.html': shell,
  'robots.txt': 'User-agent: *',
  'assets/app-a1b2c3d4.js': 'console.log(1)',
  'assets/app-a1b2c3d4.js.map': secret,
  'assets/style-a1b2c3d4.css.map': secret,
  'assets/.hidden.js': secret,
  '.env': secret,
  '.env.production': secret,
  '.git/config': secret,
  '.git/HEAD': secret,
  '.htpasswd': secret,
  '.vite/manifest.json': secret,
};
const app = mkdtempSync(path.join(tmpdir(), 'conformance-app-'));
let rig: Rig;

beforeAll(async () => {
  for (const [name, text] of Object.entries(build)) {
    mkdirSync(path.dirname(path.join(app, name)), { recursive: true });
    writeFileSync(path.join(app, name), text);
  }
  writeFileSync(path.join(app, '..', `${path.basename(app)}-outside`), secret);
  rig = await startRig({ config: { spa: { directory: app } } });
});
afterAll(async () => {
  await rig.close();
  rmSync(app, { recursive: true });
  rmSync(`${app}-outside`);
});

/** What scanners ask for: files beside the build, other servers' doors, and ways out of the folder. */
const probes = [
  ...Object.keys(build)
    .filter((name) => build[name] === secret)
    .map((name) => `/${name}`),
  ...['/.git', '/.git/', '/.git/index', '/.svn/entries', '/.DS_Store', '/.well-known/../.env', '/.npmrc'],
  ...[
    '/coatcheck.json',
    '/config.json',
    '/package.json',
    '/node_modules/fastify/package.json',
    '/.data/keys',
  ],
  ...[
    '/sessions.db',
    '/sessions.db-wal',
    '/.data/sessions.db',
    '/server.js',
    '/src/main.ts',
    '/tsconfig.json',
  ],
  ...['/wp-login.php', '/phpinfo.php', '/web.config', '/id_rsa.pub', '/backup.sql', '/docker-compose.yml'],
  ...['/assets/..', '/assets/../.env', '/assets/%2e%2e/.env', '/assets/..%2f.env', '/assets/.%2e/.env'],
  ...['/%2eenv', '/%2Eenv', '/%2e%65nv', '//.env', '/./.env', '/.env%00.js', '/.env/', '/.env?x.js', '/.ENV'],
  ...['/assets/app-a1b2c3d4.js.map?x', '/assets/app-a1b2c3d4.js%2emap', '/assets/app-a1b2c3d4.js.MAP'],
  ...[
    '/assets/..%5c.env',
    '/..%2f..%2f..%2fetc/passwd',
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
  ],
  ...[`/../${path.basename(app)}-outside`, `/%2e%2e%2f${path.basename(app)}-outside`, '/assets/a\\..\\.env'],
];

/** Doors that other servers leave open. */
const doors = [
  ...['/metrics', '/livez', '/readyz', '/healthz', '/health', '/status', '/server-status', '/debug/pprof/'],
  ...[
    '/debug/pprof/heap',
    '/debug/vars',
    '/actuator',
    '/actuator/env',
    '/actuator/heapdump',
    '/_debug',
    '/trace',
  ],
  ...['/subjects/sessions', '/admin', '/console', '/swagger', '/graphql', '/documentation', '/json/list'],
];

requirement('BFF-LEAK-08', 'what lies beside the app in its build is served to nobody', async () => {
  const jar = await rig.signedIn();
  const served: string[] = [];
  for (const probe of probes) {
    for (const answer of [
      await jar.request(probe),
      await jar.fetch(probe),
      await jar.navigate(probe),
      await rig.jar().get(probe, { headers: { accept: 'text/html' } }),
    ]) {
      if (answer.status !== 400 && answer.status !== 404) served.push(`${probe} ${answer.status}`);
      expect(await answer.text(), probe).not.toContain(secret);
    }
  }
  // Not even the app's page: design.md wants 404 for what names a hidden file, in any spelling.
  expect([...new Set(served)]).toEqual([]);
  expect((await jar.get('/assets/app-a1b2c3d4.js')).status).toBe(200);
});

advisory(64, 'BFF-LEAK-08', 'metrics, probes and administration are not on the public port', async () => {
  const jar = await rig.signedIn();
  for (const base of ['', rig.bff.paths.session.replace('/session', '')]) {
    for (const door of doors.map((one) => `${base}${one}`)) {
      expect((await jar.fetch(door)).status, door).toBe(404);
      expect((await jar.fetch(door, { method: 'POST' })).status, door).toBe(404);
      expect((await jar.fetch(door, { method: 'DELETE' })).status, door).toBe(404);
      // A person who navigates there, or asks for anything, may get the app's page, and nothing else.
      for (const answer of [await jar.navigate(door), await jar.request(door)]) {
        if (answer.status !== 404) expect(await answer.text(), door).toBe(shell);
      }
    }
  }
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  const metrics = await fetch(`${rig.bff.managementUrl}/metrics`);
  expect(metrics.status).toBe(200);
});

requirement('BFF-LEAK-08', 'no answer tells where the API or the BFF itself stands inside', async () => {
  const recorder = createRecorder();
  const jar = recorder.watch(await rig.signedIn());
  for (const fault of [
    faults.reset(),
    faults.rawBytes('?'),
    faults.redirect('/elsewhere'),
    faults.redirect('//x'),
  ]) {
    rig.upstream.on('*', 1, fault);
    await jar.fetch('/api/notes');
    rig.upstream.on('*', 1, fault);
    await jar.navigate('/api/notes', { site: 'same-origin' });
  }
  await rig.upstream.goDown();
  await jar.fetch('/api/notes');
  for (const target of ['/', '/none.js', '/bff/none', rig.bff.paths.session, '/%zz'])
    await jar.navigate(target);
  const inside = [
    rig.upstream.url,
    `:${rig.upstream.port}`,
    rig.bff.managementUrl,
    'node:',
    '/src/',
    'at ',
    '.ts:',
  ];
  const found = recorder.seen.flatMap(({ name, bytes }) =>
    inside.filter((text) => text !== 'at ' && bytes.includes(text)).map((text) => `${name}: ${text}`),
  );
  expect(recorder.seen.map(({ answer }) => answer.status)).toContain(502);
  expect(found).toEqual([]);
});
