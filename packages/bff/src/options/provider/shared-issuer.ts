import { isProfileName, profileOf } from '../../profiles/profiles.ts';
import { list, quote, record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';
import { issuerOf } from './identity.ts';

interface NamedProvider {
  readonly profile: string;
  readonly issuer: string;
  /** Whether the operator wrote it; else it follows from the profile and where its pages are. */
  readonly isWritten: boolean;
}

/**
 * Servers of an origin that would go by one name: people are told apart by issuer and subject, and the same number is
 * somebody else at another server. Where the operator wrote the names, they are as wanted: one server, two clients.
 *
 * @param providers the option, of any shape
 */
export function sharedIssuerProblems(providers: unknown): ConfigProblem[] {
  const named = list(providers).map(nameOf);
  return named.flatMap((one, index) => {
    if (one === undefined || one.isWritten || one.issuer === '') return [];
    const other = named.findIndex(
      (before, at) =>
        before?.issuer === one.issuer && isAnother(before, one) && (before.isWritten || at < index),
    );
    if (other < 0) return [];
    return [
      {
        key: `providers[${index}].issuer`,
        problem: `is missing, and would be ${quote(one.issuer)}, as that of providers[${other}] is.`,
        fix: 'Write a stable name for this server, a URL of its own; the same one only if it is the same server.',
      },
    ];
  });
}

/** Of any OAuth 2.0 server nobody can say which it is; two entries of another profile are one server. */
function isAnother(one: NamedProvider, other: NamedProvider): boolean {
  return one.profile !== other.profile || other.profile === 'oauth2';
}

function nameOf(input: unknown): NamedProvider | undefined {
  const { profile = 'oidc', issuer, endpoints, tenants } = record(input);
  if (!isProfileName(profile)) return undefined;
  const { web, authorization } = record(endpoints);
  const { issuerName } = issuerOf(profileOf(profile), {
    ...texts({ issuer }),
    endpoints: texts({ web, authorization }),
    tenants: list(tenants).filter((one) => typeof one === 'string'),
  });
  return { profile, issuer: issuerName, isWritten: issuer !== undefined };
}

function texts<Name extends string>(values: Record<Name, unknown>): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name in values) {
    const value = values[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}
