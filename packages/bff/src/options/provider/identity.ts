import { Type } from 'typebox';
import { record } from '../input.ts';
import { isLoopback } from '../loopback.ts';
import type { ConfigProblem } from '../problems.ts';

/** Which provider it is, and what it is called. */
export const identityMembers = {
  id: Type.String({
    description: 'Names the provider in URLs and sessions.',
    pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
  }),
  label: Type.Optional(Type.String({ description: 'What a sign-in page calls it.', minLength: 1 })),
  issuer: Type.String({ description: 'Issuer identifier, exactly as the provider writes it.' }),
  insecureAllowHttpIssuer: Type.Optional(
    Type.Boolean({
      description: 'INSECURE: accept an http issuer that is not on loopback.',
      default: false,
    }),
  ),
};

export interface IdentitySettings {
  readonly id: string;
  readonly label: string;
  readonly issuer: URL;
  /** The issuer identifier to the letter: it is compared as text. */
  readonly issuerName: string;
  readonly insecureAllowHttpIssuer: boolean;
}

export function identitySettings(input: {
  readonly id: string;
  readonly label?: string;
  readonly issuer: string;
  readonly insecureAllowHttpIssuer?: boolean;
}): IdentitySettings {
  return {
    id: input.id,
    label: input.label ?? input.id,
    issuer: new URL(input.issuer),
    issuerName: input.issuer,
    insecureAllowHttpIssuer: input.insecureAllowHttpIssuer ?? false,
  };
}

export function identityProblems(input: unknown, at: string): ConfigProblem[] {
  const { issuer: written, insecureAllowHttpIssuer } = record(input);
  const key = `${at}.issuer`;
  const issuer = typeof written === 'string' ? URL.parse(written) : undefined;
  if (issuer === undefined) return [];
  if (issuer === null || !/^https?:$/.test(issuer.protocol)) {
    return [
      { key, problem: 'is no https URL.', fix: "Copy `issuer` from the provider's discovery document." },
    ];
  }
  if (issuer.search !== '' || issuer.hash !== '' || issuer.username !== '') {
    return [{ key, problem: 'has a query, fragment or credentials.', fix: 'An issuer has none of them.' }];
  }
  if (issuer.protocol === 'http:' && !isLoopback(issuer) && insecureAllowHttpIssuer !== true) {
    return [
      {
        key,
        problem: 'is http on a host that is not loopback.',
        fix: 'Use https, or say insecureAllowHttpIssuer: true if tokens may be read on the way.',
      },
    ];
  }
  return [];
}
