import { Type } from 'typebox';
import { isProfileName, profileOf } from '../../profiles/profiles.ts';
import { list, quote, record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';

/** Whose people may sign in at a provider that serves many organizations. */
export const organizationMembers = {
  tenants: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Directory (tenant) ids whose people may sign in; needed with profile microsoft.',
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  hostedDomains: Type.Optional(
    Type.Array(Type.String({ pattern: '^[a-z0-9-]+(\\.[a-z0-9-]+)+$' }), {
      description: 'Google Workspace domains whose people may sign in. Default: everybody with an account.',
      minItems: 1,
      uniqueItems: true,
    }),
  ),
};

export interface OrganizationSettings {
  /** Empty: the provider has none. */
  readonly tenants: readonly string[];
  /** Empty: everybody. */
  readonly hostedDomains: readonly string[];
}

export function organizationSettings(input: {
  readonly tenants?: readonly string[];
  readonly hostedDomains?: readonly string[];
}): OrganizationSettings {
  return {
    tenants: (input.tenants ?? []).map((one) => one.toLowerCase()),
    hostedDomains: input.hostedDomains ?? [],
  };
}

const tenantId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function organizationProblems(input: unknown, at: string): ConfigProblem[] {
  const { profile: name, tenants, hostedDomains } = record(input);
  if (name !== undefined && !isProfileName(name)) return [];
  const { issuers, hasHostedDomains } = profileOf(name);
  const problems: ConfigProblem[] = [];
  const add = (member: string, problem: string, fix: string) => {
    problems.push({ key: `${at}.${member}`, problem, fix });
  };
  if (issuers === 'per-tenant' && tenants === undefined) {
    add(
      'tenants',
      'is missing: everybody with an account anywhere could sign in.',
      'List the directory (tenant) ids that may, from the overview page of each directory.',
    );
  }
  if (issuers !== 'per-tenant' && tenants !== undefined) {
    add('tenants', 'has no effect with this profile.', 'Remove it.');
  }
  list(tenants).forEach((one, index) => {
    if (typeof one !== 'string' || tenantId.test(one)) return;
    const fix = 'Write the id, which an ID token names; a domain can change hands.';
    add(`tenants[${index}]`, `is ${quote(one)}, which is no tenant id.`, fix);
  });
  if (!hasHostedDomains && hostedDomains !== undefined) {
    add('hostedDomains', 'has no effect with this profile.', 'Remove it.');
  }
  return problems;
}
