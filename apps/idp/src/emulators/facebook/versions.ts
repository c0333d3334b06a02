import type { Answer, Call, Route } from '../call.ts';
import { oauthError } from './errors.ts';

/** Versions that live, the oldest first. */
const versions = ['v22.0', 'v23.0', 'v24.0', 'v25.0'];
const [oldest = ''] = versions;

/**
 * A route with a version before its path, or without. A version that was retired means the oldest that lives; one
 * that is not there yet is an error.
 */
export function versioned(
  methods: readonly string[],
  path: string,
  answer: (call: Call) => Answer | Promise<Answer>,
): Route {
  return {
    methods,
    path: new RegExp(`^(?:/(?<version>v\\d{1,3}\\.0))?${path}$`),
    answer: async (call) => {
      const asked = call.params.version ?? oldest;
      const isRetired = numberOf(asked) < numberOf(oldest);
      if (!isRetired && !versions.includes(asked)) {
        return oauthError(`Unknown path components: /${asked}`, 2500);
      }
      const found = await answer(call);
      return { ...found, headers: { ...found.headers, 'facebook-api-version': isRetired ? oldest : asked } };
    },
  };
}

function numberOf(version: string): number {
  return Number(version.slice(1));
}
