import { createRequire } from 'node:module';
import path from 'node:path';
import type { CertificateFiles } from './certificate.ts';
import {
  apiAudience,
  apiUrlOf,
  attackerUrlOf,
  configFileOf,
  issuerOf,
  labUrlOf,
  managementUrlOf,
  viteUrlOf,
} from './config.ts';
import { type DemoSettings, type Environment, emulatedBrands, emulatorPort, publicUrl } from './settings.ts';

export type PartName = 'idp' | 'api' | 'lab' | 'web' | 'bff';

/** How one process of the demo is started and how one knows that it answers. */
export type PartPlan = {
  readonly name: PartName;
  /** What the person at the terminal calls it. */
  readonly title: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Answers with a 2xx once the part is ready. */
  readonly readyUrl: string;
};

/** The BFF comes last: it reads the client secret that the first run of the idp makes. */
export type PartPlans = { readonly first: readonly PartPlan[]; readonly last: PartPlan };

/** The processes of the demo. */
export function planParts(
  settings: DemoSettings,
  root: string,
  env: Environment,
  tls: CertificateFiles | undefined,
): PartPlans {
  const { ports, dataDir, dev } = settings;
  const watch = dev ? ['--watch', '--watch-preserve-output'] : [];
  const shared = { ...env, DATA_DIR: dataDir, API_AUDIENCE: apiAudience };

  const idp: PartPlan = {
    name: 'idp',
    title: 'the demo provider',
    args: [...watch, 'apps/idp/src/main.ts'],
    cwd: root,
    env: {
      ...shared,
      IDP_PORT: String(ports.IDP_PORT),
      ...emulatorPorts(settings),
      PUBLIC_URL: publicUrl(settings),
      LAB_ORIGIN: labUrlOf(settings),
      // It tells the BFF of sign-outs, over https where we made the certificate.
      ...(tls && { NODE_EXTRA_CA_CERTS: tls.cert }),
    },
    readyUrl: `${issuerOf(settings)}/.well-known/openid-configuration`,
  };
  const api: PartPlan = {
    name: 'api',
    title: 'the demo API',
    args: [...watch, 'apps/api/src/main.ts'],
    cwd: root,
    env: {
      ...shared,
      API_PORT: String(ports.API_PORT),
      API_ISSUER: issuerOf(settings),
      API_PUBLIC_URL: apiUrlOf(settings),
      // A button under /learn/flow; nobody else sets this.
      API_EXPIRES_ON_DEMAND: '1',
    },
    readyUrl: `${apiUrlOf(settings)}/healthz`,
  };
  const lab: PartPlan = {
    name: 'lab',
    title: 'the attack lab',
    args: [...watch, 'apps/lab/src/main.ts'],
    cwd: root,
    env: {
      ...env,
      // Nobody else sets this.
      LAB_I_KNOW_THIS_IS_WEAK: '1',
      LAB_PORT: String(ports.LAB_PORT),
      LAB_ATTACKER_PORT: String(ports.LAB_ATTACKER_PORT),
      LAB_ISSUER: issuerOf(settings),
      LAB_API: apiUrlOf(settings),
      PUBLIC_URL: publicUrl(settings),
    },
    readyUrl: `${attackerUrlOf(settings)}/healthz`,
  };
  const bff: PartPlan = {
    name: 'bff',
    title: 'the BFF',
    args: [...watch, 'apps/bff/src/cli/main.ts', 'serve', '--config', configFileOf(settings)],
    cwd: root,
    env,
    readyUrl: `${managementUrlOf(settings)}/readyz`,
  };
  return { first: [idp, api, lab, ...(dev ? [vitePlan(settings, root, env)] : [])], last: bff };
}

/** Emulators run in the provider's process: those without a port do not. */
function emulatorPorts(settings: DemoSettings): Environment {
  const off = { GOOGLE_EMULATOR_PORT: '', GITHUB_EMULATOR_PORT: '', FACEBOOK_EMULATOR_PORT: '' };
  const on = emulatedBrands(settings).map((brand) => [
    emulatorPort(brand),
    String(settings.ports[emulatorPort(brand)]),
  ]);
  return { ...off, ...Object.fromEntries(on) };
}

function vitePlan(settings: DemoSettings, root: string, env: Environment): PartPlan {
  const cwd = path.join(root, 'apps/web');
  return {
    name: 'web',
    title: "Vite's dev server",
    args: [
      viteProgram(root),
      '--host',
      '127.0.0.1',
      '--port',
      String(settings.ports.VITE_PORT),
      '--strictPort',
    ],
    cwd,
    env,
    readyUrl: `${viteUrlOf(settings)}/`,
  };
}

/** Vite's command line, as apps/web has it installed. */
export function viteProgram(root: string): string {
  const manifest = createRequire(path.join(root, 'apps/web/package.json')).resolve('vite/package.json');
  return path.join(path.dirname(manifest), 'bin/vite.js');
}
