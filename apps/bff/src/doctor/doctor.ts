import { type Profile, type ProfileName, profileOf } from '@coatcheck/bff';
import { examine } from './examine.ts';
import type { Surroundings } from './fetch-document.ts';
import { type Paint, printFindings, printSuggestion, printVerdict } from './print.ts';
import { suggest } from './suggest.ts';

/** What was asked on the command line. */
export interface DoctorOptions {
  readonly issuer?: string;
  readonly clientId?: string;
  readonly profile: ProfileName;
  readonly json?: boolean;
}

/** What the command line writes, and how it ends: 0 all is there, 1 something is missing, 2 wrong call or no answer. */
export interface DoctorResult {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const placeholder = '<client id>';

/** `coatcheck doctor`: what will and will not work with a provider, and the configuration for it. */
export async function runDoctor(
  options: DoctorOptions,
  surroundings: Surroundings,
  paint: Paint,
): Promise<DoctorResult> {
  const profile = profileOf(options.profile);
  const failed = (stderr: string): DoctorResult => ({ exitCode: 2, stdout: '', stderr });
  if (profile.protocol === 'oauth2' && profile.places !== null) {
    return failed(
      `--profile ${options.profile}: it is no OpenID Provider and has no metadata to examine; all that is needed is in the profile.`,
    );
  }
  const issuerName = options.issuer ?? issuerOf(profile);
  if (issuerName === null) return failed('--issuer is missing: the address of the provider.');
  const issuer = URL.parse(issuerName);
  if (issuer === null || !/^https?:$/.test(issuer.protocol)) {
    return failed('--issuer is no https URL. Copy `issuer` from the provider.');
  }
  if (issuer.search !== '' || issuer.hash !== '' || issuer.username !== '' || issuer.password !== '') {
    return failed('--issuer has a query, a fragment or credentials. An issuer has none of them.');
  }
  const examined = await examine({ issuer, issuerName, profile }, surroundings);
  if (examined.kind === 'unreachable')
    return failed(`${examined.url} cannot be reached: ${examined.reason}.`);
  const { subject, findings } = examined;
  const works = findings.every(({ level }) => level !== 'fail');
  // What would not work is not proposed.
  const suggestion =
    works && subject ? suggest(subject, options.profile, options.clientId ?? placeholder) : undefined;
  const stdout = options.json
    ? JSON.stringify({ issuer: issuerName, works, findings, ...suggestion }, null, 2)
    : [
        printFindings(findings, paint),
        printVerdict(findings, paint),
        ...(suggestion ? [printSuggestion(suggestion, paint)] : []),
      ].join('\n\n');
  return { exitCode: works ? 0 : 1, stdout, stderr: '' };
}

/** Where the metadata of a provider is that needs no address; at one of many tenants, that of all. */
function issuerOf({ issuer, issuers, places }: Profile): string | null {
  if (issuers !== 'per-tenant' || places === null) return issuer;
  return `${places.web}/organizations/${places.version}`;
}
