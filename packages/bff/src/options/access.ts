import { type Static, Type } from 'typebox';
import { record } from './input.ts';
import type { ConfigProblem } from './problems.ts';

const someOf = (description: string, pattern?: string) =>
  Type.Optional(
    Type.Array(Type.String({ minLength: 1, ...(pattern === undefined ? {} : { pattern }) }), {
      description,
      minItems: 1,
    }),
  );

/** Who may come in, of those who can sign in. What is named must hold all together. */
export const accessSchema = Type.Object(
  {
    emailDomains: someOf(
      'Domains of e-mail addresses, which the provider must have verified.',
      '^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$',
    ),
    groups: someOf('Groups, of which the person must be in one.'),
    groupsClaim: Type.Optional(
      Type.String({ description: 'The claim that holds the groups.', minLength: 1, default: 'groups' }),
    ),
    claims: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1 }),
        Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), { minItems: 1 }),
        { description: 'Claims by name, each with the values of which it must be, or hold, one.' },
      ),
    ),
    tenants: someOf('Directory ids, of which the claim tid must be one.'),
  },
  { description: 'Who may come in; everybody else gets not_allowed.', additionalProperties: false },
);

export type AccessInput = Static<typeof accessSchema>;

/** One thing that must hold of a person. */
interface AccessRule {
  /** For the log. */
  readonly name: string;
  readonly claim: string;
  readonly values: ReadonlySet<unknown>;
  /** `email`: the values are domains of a verified address. */
  readonly kind: 'value' | 'email';
}

/** What must hold, all together; empty: nothing. */
export type AccessRules = readonly AccessRule[];

export function accessRules(input: AccessInput | undefined): AccessRules {
  const { emailDomains, groups, groupsClaim = 'groups', claims = {}, tenants } = input ?? {};
  const lower = (texts: readonly string[]) => texts.map((text) => text.toLowerCase());
  const rule = (
    name: string,
    claim: string,
    values: readonly unknown[] | undefined,
    kind: AccessRule['kind'],
  ) => (values === undefined ? [] : [{ name, claim, values: new Set(values), kind }]);
  return [
    ...rule('emailDomains', 'email', emailDomains && lower(emailDomains), 'email'),
    ...rule('groups', groupsClaim, groups, 'value'),
    ...rule('tenants', 'tid', tenants && lower(tenants), 'value'),
    ...Object.entries(claims).flatMap(([claim, values]) => rule(`claims.${claim}`, claim, values, 'value')),
  ];
}

/** The claims that rules look at. */
export function claimsOfRules(rules: AccessRules): string[] {
  return rules.flatMap(({ claim, kind }) => (kind === 'email' ? [claim, 'email_verified'] : [claim]));
}

/**
 * Whether a person may come in. A claim that is missing, or of another type, allows nothing.
 *
 * @returns null, or the name of a rule that does not hold, for the log
 */
export function deniedBy(rules: AccessRules, claims: Readonly<Record<string, unknown>>): string | null {
  const broken = rules.find((rule) => !holds(rule, claims));
  return broken === undefined ? null : broken.name;
}

function holds({ claim, values, kind }: AccessRule, claims: Readonly<Record<string, unknown>>): boolean {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (kind === 'value')
    return Array.isArray(value) ? value.some((one) => values.has(one)) : values.has(value);
  // Anybody can write any address into an account; only a verified one says whose it is.
  if (typeof value !== 'string' || claims.email_verified !== true) return false;
  // One address and nothing else: of `a@evil@corp` each reader takes another part for the domain. ASCII: in lower case
  // some other letters become ASCII ones.
  const domain = /^[^@\s",<>]+@([A-Za-z0-9.-]+)$/.exec(value)?.[1];
  return domain !== undefined && values.has(domain.toLowerCase());
}

/** @param at where the route stands in the options */
export function accessProblems(route: Record<string, unknown>, at: string): ConfigProblem[] {
  if (route.access === undefined || route.session !== 'none') return [];
  const isEmpty = Object.keys(record(route.access)).length === 0;
  if (isEmpty) return [];
  const fix = 'Remove it, or take session: none away.';
  return [{ key: `${at}.access`, problem: 'has no effect: the route takes anonymous calls only.', fix }];
}
