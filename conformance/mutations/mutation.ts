/** A rule taken out of the code, and the tests that must notice. */
export interface Mutation {
  /** What no longer holds, in words. */
  readonly rule: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands once in the file. */
  readonly find: string;
  readonly replace: string;
  /** A test file, from the root of the repository. */
  readonly test: string;
}

/** Rule, text, what takes its place, and where it is not that of the others the test file. */
type Line = readonly [rule: string, find: string, replace: string, test?: string];

/** The mutations of one source file. */
export function mutationsOf(file: string, test: string, lines: readonly Line[]): Mutation[] {
  return lines.map(([rule, find, replace, other = test]) => ({ rule, file, find, replace, test: other }));
}

/** Takes the names of a list out of it, one at a time. Each stands there once, in quotes. */
export function withoutEach(file: string, test: string, list: string, names: readonly string[]): Mutation[] {
  return names.map((name) => ({
    rule: `${list}: ${name}`,
    file,
    find: `'${name}'`,
    replace: "'x-not-this-one'",
    test,
  }));
}
