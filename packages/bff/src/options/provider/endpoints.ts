import { type Static, Type } from 'typebox';
import type { Endpoints, Places, Profile } from '../../profiles/profile.ts';
import { isProfileName, profileOf } from '../../profiles/profiles.ts';
import { record } from '../input.ts';
import { isLoopback } from '../loopback.ts';
import type { ConfigProblem } from '../problems.ts';

const url = (description: string) => Type.Optional(Type.String({ description, minLength: 1 }));

/** Where a provider answers, as far as neither its profile nor a discovery document says it. */
export const endpointMembers = {
  endpoints: Type.Optional(
    Type.Object(
      {
        web: url("Base URL of its pages, in place of the profile's: an enterprise server, an emulator."),
        api: url("Base URL of its API, in place of the profile's."),
        version: Type.Optional(
          Type.String({ description: 'Version of its API in URLs, such as v24.0.', pattern: '^v[0-9.]+$' }),
        ),
        authorization: url('Authorization endpoint.'),
        token: url('Token endpoint.'),
        userInfo: url('Endpoint that says who signed in.'),
        revocation: url('Revocation endpoint (RFC 7009).'),
        endSession: url('Where a browser ends the session at the provider.'),
        jwks: url('Its keys.'),
      },
      {
        additionalProperties: false,
        description: 'Where it answers, where neither profile nor discovery says so, or they are wrong.',
      },
    ),
  ),
};

type EndpointInput = Static<NonNullable<typeof endpointMembers.endpoints>>;

/** Absolute URLs; they stand above what a discovery document says. */
export interface EndpointSettings {
  /** Empty texts where the profile has none. */
  readonly places: Places;
  readonly endpoints: Endpoints;
}

export function endpointSettings(profile: Profile, input: EndpointInput = {}): EndpointSettings {
  const { web, api, version, ...endpoints } = input;
  const places = {
    web: trimmed(web ?? profile.places?.web ?? ''),
    api: trimmed(api ?? profile.places?.api ?? ''),
    version: version ?? profile.places?.version ?? '',
  };
  return { places, endpoints: { ...profile.endpoints(places), ...endpoints } };
}

const needed = ['authorization', 'token', 'userInfo'] as const;

export function endpointProblems(input: unknown, at: string): ConfigProblem[] {
  const { profile: name, endpoints: written, insecureAllowHttpIssuer } = record(input);
  if (name !== undefined && !isProfileName(name)) return [];
  const profile = profileOf(name);
  const endpoints = record(written);
  const problems: ConfigProblem[] = [];
  for (const [member, value] of Object.entries(endpoints)) {
    if (typeof value !== 'string' || member === 'version') continue;
    const problem = urlProblem(value, insecureAllowHttpIssuer === true);
    if (problem) problems.push({ key: `${at}.endpoints.${member}`, ...problem });
  }
  for (const member of ['web', 'api', 'version'].filter((one) => endpoints[one] !== undefined)) {
    if (profile.places !== null) continue;
    const fix = 'Remove it, or name the endpoints one by one.';
    problems.push({
      key: `${at}.endpoints.${member}`,
      problem: `has no effect with this profile.`,
      fix,
    });
  }
  if (profile.protocol === 'oauth2' && profile.places === null) {
    for (const member of needed.filter((one) => endpoints[one] === undefined)) {
      problems.push({
        key: `${at}.endpoints.${member}`,
        problem: 'is missing.',
        fix: `There is no discovery with profile ${name}. Write the URL that the provider documents.`,
      });
    }
  }
  return problems;
}

function urlProblem(value: string, insecure: boolean): Pick<ConfigProblem, 'problem' | 'fix'> | undefined {
  const found = URL.parse(value);
  if (found === null || !/^https?:$/.test(found.protocol)) {
    return { problem: 'is no https URL.', fix: 'Write an absolute URL.' };
  }
  if (found.hash !== '' || found.username !== '') {
    return { problem: 'has a fragment or credentials.', fix: 'An endpoint has none of them.' };
  }
  if (found.protocol === 'http:' && !isLoopback(found) && !insecure) {
    return {
      problem: 'is http on a host that is not loopback.',
      fix: 'Use https, or say insecureAllowHttpIssuer: true if tokens may be read on the way.',
    };
  }
  return undefined;
}

function trimmed(base: string): string {
  return base.replace(/\/+$/, '');
}
