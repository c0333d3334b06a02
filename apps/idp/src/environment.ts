import type { IdpOptions } from './app.ts';
import type { EmulatorPorts } from './emulators/demo.ts';
import { exposureProblems, isLoopback, overrideVariable } from './exposure.ts';
import { labClient } from './provider/clients.ts';

/** The options, or everything that is wrong with the environment: key, problem, fix. */
export type ReadEnvironment =
  | { readonly kind: 'valid'; readonly options: IdpOptions; readonly emulators: EmulatorPorts }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const year = 365 * 24 * 60 * 60;

/** Reads the options from environment variables; an empty variable counts as absent. */
export function readEnvironment(environment: NodeJS.ProcessEnv): ReadEnvironment {
  const problems: string[] = [];

  const text = (key: string, fallback: string): string => environment[key]?.trim() || fallback;
  const integer = (key: string, fallback: number, lowest: number, highest: number): number => {
    const value = text(key, String(fallback));
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= lowest && number <= highest) return number;
    problems.push(
      `${key}: "${value}" is not a whole number from ${lowest} to ${highest}: for example ${fallback}`,
    );
    return fallback;
  };
  const origin = (key: string, value: string, example: string): string => {
    const url = URL.parse(value);
    const plain = url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
    if (plain) return url.origin;
    problems.push(
      `${key}: "${value}" is not an http(s) origin without path, query and user: for example ${example}`,
    );
    return example;
  };

  const port = integer('IDP_PORT', 9400, 0, 65_535);
  const host = text('IDP_HOST', '127.0.0.1');
  const publicUrl = origin(
    'PUBLIC_URL',
    text('PUBLIC_URL', 'http://localhost:3000'),
    'http://localhost:3000',
  );
  const issuerText = text('IDP_ISSUER', '');
  const issuer =
    issuerText === ''
      ? undefined
      : origin('IDP_ISSUER', issuerText, `http://127.0.0.1:${port === 0 ? 9400 : port}`);

  const emulator = (key: string, example: number) =>
    text(key, '') === '' ? undefined : integer(key, example, 0, 65_535);
  const google = emulator('GOOGLE_EMULATOR_PORT', 9401);
  const github = emulator('GITHUB_EMULATOR_PORT', 9402);
  const facebook = emulator('FACEBOOK_EMULATOR_PORT', 9403);
  const emulators: EmulatorPorts = {
    ...(google !== undefined && { google }),
    ...(github !== undefined && { github }),
    ...(facebook !== undefined && { facebook }),
  };

  const apiAudience = text('API_AUDIENCE', 'urn:coatcheck:demo-api');
  if (!URL.canParse(apiAudience) || apiAudience.includes('#')) {
    problems.push(
      `API_AUDIENCE: "${apiAudience}" is not an absolute URI without fragment: for example urn:coatcheck:demo-api`,
    );
  }

  const override = text(overrideVariable, '');
  if (override !== '' && override !== '1') {
    problems.push(`${overrideVariable}: "${override}" means nothing: set it to 1 or leave it out`);
  }
  if (override !== '1') {
    problems.push(...exposureProblems({ production: environment.NODE_ENV === 'production', host, issuer }));
  }

  const labText = text('LAB_ORIGIN', '');
  const lab = labText === '' ? undefined : origin('LAB_ORIGIN', labText, 'http://127.0.0.1:9404');
  if (lab !== undefined && !isLoopback(new URL(lab).hostname)) {
    problems.push(`LAB_ORIGIN: "${lab}" is not on this machine, where the attack lab stays: leave it out`);
  }

  const options: IdpOptions = {
    port,
    host,
    dataDirectory: text('DATA_DIR', '.data'),
    publicUrl,
    apiAudience,
    lifetimes: {
      accessToken: integer('IDP_ACCESS_TOKEN_TTL', 300, 1, 86_400),
      refreshToken: integer('IDP_REFRESH_TOKEN_TTL', 28_800, 1, year),
    },
    ...(issuer === undefined ? {} : { issuer }),
    ...(lab !== undefined && { moreClients: [labClient(lab)] }),
    exposed: override === '1',
  };
  return problems.length === 0 ? { kind: 'valid', options, emulators } : { kind: 'invalid', problems };
}
