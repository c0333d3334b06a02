import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CertificateFiles, localCertificate } from './certificate.ts';
import { apiUrlOf, bffConfig, configFileOf, issuerOf, managementUrlOf } from './config.ts';
import { prepareData, writePrivate } from './data.ts';
import { DemoFailure } from './failure.ts';
import { createPart, type Part } from './part.ts';
import { type PartName, type PartPlan, type PartPlans, planParts } from './parts.ts';
import { freePorts, portProblems } from './ports.ts';
import { emulatorUrlOf } from './providers.ts';
import {
  type Brand,
  type DemoSettings,
  type Environment,
  emulatedBrands,
  publicUrl,
  readSettings,
} from './settings.ts';
import { ensureWebBuild } from './web-build.ts';

export type DemoOptions = {
  /** `free` takes unused ports and, without `DATA_DIR`, a temporary data directory that goes with the demo. */
  readonly ports?: 'free' | 'environment';
  /** Added to the environment of this process: the demo's variables (design.md §5). */
  readonly env?: Environment;
  /** Vite's dev server and restarts on change, instead of a build. */
  readonly dev?: boolean;
  readonly https?: boolean;
  /** Host of the app's URL; `localhost`, or a name under `.localhost`. */
  readonly host?: string;
  /** Ends the start before it is done; what was started ends too. */
  readonly signal?: AbortSignal;
  /** Hears what is going on while the demo starts. */
  say?(line: string): void;
  /** Hears every line that a part prints. */
  onLine?(part: PartName, line: string): void;
};

export type Demo = {
  readonly url: string;
  readonly managementUrl: string;
  readonly idpUrl: string;
  readonly apiUrl: string;
  /** Where the emulated providers answer. */
  readonly emulatorUrls: ReadonlyMap<Brand, string>;
  readonly dataDir: string;
  /** PEM file to trust, with `https`. */
  readonly certificate: string | undefined;
  readonly idp: Part;
  readonly api: Part;
  readonly bff: Part;
  /** The latest lines of one part or of all, as text. */
  logs(part?: PartName): string;
  /** Resolves when a part ends though nobody stopped it. The others go on. */
  readonly broken: Promise<DemoFailure>;
  /** Ends all parts. */
  close(): Promise<void>;
};

/**
 * Starts the demo: provider, API and BFF as processes of their own, and waits until all answer.
 *
 * @throws DemoFailure with everything that is wrong, and how to mend it; nothing is left running then
 * @example
 * const demo = await startDemo({ ports: 'free', env: { IDP_ACCESS_TOKEN_TTL: '5' } });
 * await demo.idp.stop();
 * await demo.close();
 */
export function startDemo(options: DemoOptions = {}): Promise<Demo> {
  return startDemoIn(path.join(import.meta.dirname, '../..'), options);
}

/** The same for the workspace at `root`. */
export async function startDemoIn(root: string, options: DemoOptions): Promise<Demo> {
  const isFree = options.ports === 'free';
  const temporary =
    isFree && !options.env?.DATA_DIR ? mkdtempSync(path.join(tmpdir(), 'coatcheck-')) : undefined;
  const forget = () => {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  };
  try {
    const env = { ...process.env, ...(temporary && { DATA_DIR: temporary }), ...options.env };
    const settings = await settle(root, env, options);
    const tls = await prepare(root, settings, options);
    const { parts, broken, close } = await run(settings, planParts(settings, root, env, tls), options);
    return {
      url: publicUrl(settings),
      managementUrl: managementUrlOf(settings),
      idpUrl: issuerOf(settings),
      apiUrl: apiUrlOf(settings),
      emulatorUrls: new Map(emulatedBrands(settings).map((brand) => [brand, emulatorUrlOf(settings, brand)])),
      dataDir: settings.dataDir,
      certificate: tls?.cert,
      idp: named(parts, 'idp'),
      api: named(parts, 'api'),
      bff: named(parts, 'bff'),
      logs: (name) =>
        parts
          .filter((part) => !name || part.name === name)
          .flatMap((part) => part.lines())
          .join('\n'),
      broken,
      async close() {
        await close();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

async function settle(root: string, env: Environment, options: DemoOptions): Promise<DemoSettings> {
  const free = options.ports === 'free' ? await freePorts() : {};
  const ports = Object.fromEntries(Object.entries(free).map(([name, port]) => [name, String(port)]));
  const read = readSettings(
    { ...env, ...ports },
    { root, dev: options.dev ?? false, https: options.https ?? false, host: options.host ?? 'localhost' },
  );
  const problems = read.kind === 'invalid' ? read.problems : await portProblems(read.settings);
  if (read.kind === 'invalid' || problems.length > 0) throw new DemoFailure(problems.join('\n'));
  return read.settings;
}

async function prepare(
  root: string,
  settings: DemoSettings,
  options: DemoOptions,
): Promise<CertificateFiles | undefined> {
  prepareData(settings.dataDir);
  const tls = settings.https ? await localCertificate(settings.dataDir, new Date()) : undefined;
  writePrivate(configFileOf(settings), `${JSON.stringify(bffConfig(settings, root, tls), null, 2)}\n`);
  if (!settings.dev) await ensureWebBuild(root, (line) => options.say?.(line));
  return tls;
}

async function run(
  settings: DemoSettings,
  plans: PartPlans,
  options: DemoOptions,
): Promise<{ parts: readonly Part[]; broken: Promise<DemoFailure>; close(): Promise<void> }> {
  const broken = Promise.withResolvers<DemoFailure>();
  const make = (plan: PartPlan): Part => {
    const log = createWriteStream(path.join(settings.dataDir, 'logs', `${plan.name}.log`), { mode: 0o600 });
    return createPart(plan, {
      onLine(line) {
        log.write(`${line}\n`);
        options.onLine?.(plan.name, line);
      },
      onDeath: broken.resolve,
    });
  };
  const first = plans.first.map(make);
  const last = make(plans.last);
  const parts = [...first, last];
  const close = async () => {
    await Promise.all(parts.map((part) => part.stop()));
  };

  options.say?.('Starting …');
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', close);
  try {
    await Promise.all(first.map((part) => part.start()));
    options.signal?.throwIfAborted();
    await last.start();
  } catch (error) {
    await close();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', close);
  }
  return { parts, broken: broken.promise, close };
}

function named(parts: readonly Part[], name: PartName): Part {
  const part = parts.find((one) => one.name === name);
  if (!part) throw new Error(`no part named ${name}`);
  return part;
}
