import path from 'node:path';

/** The ports of the demo by the environment variable that sets each. */
export type Ports = {
  readonly PORT: number;
  readonly MANAGEMENT_PORT: number;
  readonly API_PORT: number;
  readonly IDP_PORT: number;
  readonly GOOGLE_EMULATOR_PORT: number;
  readonly GITHUB_EMULATOR_PORT: number;
  readonly FACEBOOK_EMULATOR_PORT: number;
  /** The attack lab's weak app. */
  readonly LAB_PORT: number;
  /** The attack lab's attacker. */
  readonly LAB_ATTACKER_PORT: number;
  /** Only used with `dev`. */
  readonly VITE_PORT: number;
};

/** Providers beside the demo's own: real where there are credentials for them, else emulated. */
export const brands = ['google', 'github', 'facebook'] as const;
export type Brand = (typeof brands)[number];

export type DemoSettings = {
  /** Absolute. */
  readonly dataDir: string;
  readonly ports: Ports;
  /** Vite's dev server and restarts on change, instead of a build. */
  readonly dev: boolean;
  readonly https: boolean;
  /** The app's host: `localhost`, or a name under `.localhost`. */
  readonly host: string;
  readonly storeUrl: string;
  /** Client ids at the real providers; one that is not here is emulated. */
  readonly realClientIds: ReadonlyMap<Brand, string>;
  /** The permission to write notes is asked for when somebody writes one, not at sign-in. */
  readonly asksToWriteLater: boolean;
  /** Seconds; the BFF's defaults apply where undefined. */
  readonly idleTimeout: number | undefined;
  readonly absoluteTimeout: number | undefined;
};

export type ReadSettings =
  | { readonly kind: 'valid'; readonly settings: DemoSettings }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line or a test asks for beside the environment. */
export type DemoRequest = {
  readonly root: string;
  readonly dev: boolean;
  readonly https: boolean;
  readonly host: string;
};

export const defaultPorts: Ports = {
  PORT: 3000,
  MANAGEMENT_PORT: 3001,
  API_PORT: 9300,
  IDP_PORT: 9400,
  GOOGLE_EMULATOR_PORT: 9401,
  GITHUB_EMULATOR_PORT: 9402,
  FACEBOOK_EMULATOR_PORT: 9403,
  LAB_PORT: 9404,
  LAB_ATTACKER_PORT: 9405,
  VITE_PORT: 5173,
};

/** Reads the demo's short variables (design.md §5). An empty variable counts as absent; all problems come at once. */
export function readSettings(env: Environment, request: DemoRequest): ReadSettings {
  const problems: string[] = [];
  const wholeNumber = <Absent>(name: string, highest: number, absent: Absent): number | Absent => {
    const text = env[name]?.trim();
    if (!text) return absent;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= highest) return value;
    problems.push(`${name} is "${text}"; it takes a whole number from 1 to ${highest}.`);
    return absent;
  };
  const port = (name: keyof Ports) => wholeNumber(name, 65_535, defaultPorts[name]);
  const ports: Ports = {
    PORT: port('PORT'),
    MANAGEMENT_PORT: port('MANAGEMENT_PORT'),
    API_PORT: port('API_PORT'),
    IDP_PORT: port('IDP_PORT'),
    GOOGLE_EMULATOR_PORT: port('GOOGLE_EMULATOR_PORT'),
    GITHUB_EMULATOR_PORT: port('GITHUB_EMULATOR_PORT'),
    FACEBOOK_EMULATOR_PORT: port('FACEBOOK_EMULATOR_PORT'),
    LAB_PORT: port('LAB_PORT'),
    LAB_ATTACKER_PORT: port('LAB_ATTACKER_PORT'),
    VITE_PORT: port('VITE_PORT'),
  };
  const realClientIds = readClientIds(env, problems);
  problems.push(...sharedPorts({ ports, dev: request.dev, realClientIds }));

  const dataDir = path.resolve(request.root, env.DATA_DIR?.trim() || '.data');
  const settings: DemoSettings = {
    dataDir,
    ports,
    dev: request.dev,
    https: request.https,
    host: request.host,
    realClientIds,
    storeUrl: env.STORE_URL?.trim() || `sqlite:${path.join(dataDir, 'bff', 'sessions.db')}`,
    asksToWriteLater: env.ASK_TO_WRITE_LATER?.trim() === '1',
    idleTimeout: wholeNumber('SESSION_IDLE_TIMEOUT', 31_536_000, undefined),
    absoluteTimeout: wholeNumber('SESSION_ABSOLUTE_TIMEOUT', 31_536_000, undefined),
  };
  return problems.length === 0 ? { kind: 'valid', settings } : { kind: 'invalid', problems };
}

/** The variables of a provider's real credentials. */
export function credentialVariables(brand: Brand): { readonly id: string; readonly secret: string } {
  const name = brand.toUpperCase();
  return { id: `${name}_CLIENT_ID`, secret: `${name}_CLIENT_SECRET` };
}

function readClientIds(env: Environment, problems: string[]): ReadonlyMap<Brand, string> {
  const found = new Map<Brand, string>();
  for (const brand of brands) {
    const { id, secret } = credentialVariables(brand);
    const clientId = env[id]?.trim();
    const hasSecret = Boolean(env[secret]?.trim());
    if (clientId && hasSecret) found.set(brand, clientId);
    else if (clientId || hasSecret) {
      const [given, missing] = clientId ? [id, secret] : [secret, id];
      problems.push(
        `${given} is set, but ${missing} is not; the real provider needs both, the emulator none.`,
      );
    }
  }
  return found;
}

/** The variable of an emulator's port. */
export function emulatorPort(
  brand: Brand,
): 'GOOGLE_EMULATOR_PORT' | 'GITHUB_EMULATOR_PORT' | 'FACEBOOK_EMULATOR_PORT' {
  if (brand === 'google') return 'GOOGLE_EMULATOR_PORT';
  return brand === 'github' ? 'GITHUB_EMULATOR_PORT' : 'FACEBOOK_EMULATOR_PORT';
}

/** The providers that this demo emulates. */
export function emulatedBrands({ realClientIds }: Pick<DemoSettings, 'realClientIds'>): readonly Brand[] {
  return brands.filter((brand) => !realClientIds.has(brand));
}

/** The origin that the browser sees. */
export function publicUrl({ https, host, ports }: DemoSettings): string {
  return `${https ? 'https' : 'http'}://${host}:${ports.PORT}`;
}

type PortSettings = Pick<DemoSettings, 'ports' | 'dev' | 'realClientIds'>;

/** The ports that this demo opens. */
export function usedPorts(settings: PortSettings): [keyof Ports, number][] {
  const names = [
    'PORT',
    'MANAGEMENT_PORT',
    'API_PORT',
    'IDP_PORT',
    'LAB_PORT',
    'LAB_ATTACKER_PORT',
    ...emulatedBrands(settings).map(emulatorPort),
    ...(settings.dev ? ['VITE_PORT' as const] : []),
  ] as const;
  return names.map((name) => [name, settings.ports[name]]);
}

function sharedPorts(settings: PortSettings): string[] {
  const used = usedPorts(settings);
  return used.flatMap(([name, port], index) => {
    const [other] = used.slice(0, index).find(([, taken]) => taken === port) ?? [];
    return other ? [`${name} and ${other} are both ${port}; give one of them another port.`] : [];
  });
}
