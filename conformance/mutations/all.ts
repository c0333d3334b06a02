import type { Mutation } from './mutation.ts';
import { framingRules } from './rules/framing.ts';
import { guardRules } from './rules/guard.ts';
import { limitRules } from './rules/limits.ts';
import { pathRules } from './rules/paths.ts';
import { requestHeaderRules } from './rules/request-headers.ts';
import { responseHeaderRules } from './rules/response-headers.ts';
import { sendingRules } from './rules/sending.ts';
import { streamRules } from './rules/streams.ts';
import { tokenRules } from './rules/tokens.ts';
import { upstreamRules } from './rules/upstreams.ts';

/** In the order in which a call meets the rules. */
export const allMutations: readonly Mutation[] = [
  ...framingRules,
  ...guardRules,
  ...pathRules,
  ...tokenRules,
  ...requestHeaderRules,
  ...sendingRules,
  ...responseHeaderRules,
  ...streamRules,
  ...upstreamRules,
  ...limitRules,
];
