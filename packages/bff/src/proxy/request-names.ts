/** What the name of a request's field says, before anyone looks at its value. */
export interface NameVerdict {
  /** The name in lower case. */
  readonly lower: string;
  /** Whether the field reaches the upstream. */
  readonly crosses: boolean;
}

/** Spellings that are remembered, of at most so many characters: clients choose them, and may make them up. */
const mostKept = 500;
const longestKept = 40;

/**
 * Judges names, each spelling once: browsers send the same few with every request.
 *
 * @param crosses judges a name in lower case
 */
export function rememberNames(crosses: (lower: string) => boolean): (name: string) => NameVerdict {
  const kept = new Map<string, NameVerdict>();
  return (name) => {
    const known = kept.get(name);
    if (known) return known;
    const lower = name.toLowerCase();
    const verdict = { lower, crosses: crosses(lower) };
    if (kept.size < mostKept && name.length <= longestKept) kept.set(name, verdict);
    return verdict;
  };
}
