import { fieldName } from './fields.ts';
import { isCachePolicy, isNeverRelayed } from './response-fields.ts';

/** What the name of an answer's field says, before anyone looks at its value. */
export interface NameRule {
  /** The name in lower case. */
  readonly lower: string;
  /** Whether it is a name at all (RFC 9110 §5.1). */
  readonly isToken: boolean;
  readonly isDropped: boolean;
  readonly isCachePolicy: boolean;
}

/** Spellings that are remembered; an upstream that makes names up is judged anew each time. */
const mostKept = 1_000;

/**
 * Judges names, each spelling once: an upstream sends the same few with every answer.
 *
 * @param replaced names in lower case that the BFF sets itself
 */
export function createNameRules(replaced: ReadonlySet<string>): (name: string) => NameRule {
  const kept = new Map<string, NameRule>();
  return (name) => {
    const known = kept.get(name);
    if (known) return known;
    const lower = name.toLowerCase();
    const rule = {
      lower,
      isToken: fieldName.test(name),
      isDropped: isNeverRelayed(lower) || replaced.has(lower),
      isCachePolicy: isCachePolicy(lower),
    };
    if (kept.size < mostKept) kept.set(name, rule);
    return rule;
  };
}
