import { Type } from 'typebox';
import { list, record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';

/** Whether what a sign-in asks for is signed (RFC 9101). */
export const requestObjectMembers = {
  signedRequests: Type.Optional(
    Type.Union([Type.Literal('when-required'), Type.Literal('always'), Type.Literal('never')], {
      description:
        'Signed authorization requests (JAR, RFC 9101), with a key of clientKeys. when-required: where the metadata asks for them.',
      default: 'when-required',
    }),
  ),
};

export interface RequestObjectSettings {
  readonly signedRequests: 'when-required' | 'always' | 'never';
}

export function requestObjectSettings(input: {
  readonly signedRequests?: RequestObjectSettings['signedRequests'];
}): RequestObjectSettings {
  return { signedRequests: input.signedRequests ?? 'when-required' };
}

/** @param clientKeys the option of that name, of any shape */
export function requestObjectProblems(input: unknown, at: string, clientKeys: unknown): ConfigProblem[] {
  if (record(input).signedRequests !== 'always' || list(clientKeys).length > 0) return [];
  return [
    {
      key: `${at}.signedRequests`,
      problem: 'is always, but clientKeys is missing.',
      fix: 'Make a key with: coatcheck keys generate --client.',
    },
  ];
}
