/** One file that is written. */
export interface Change {
  readonly kind: 'add' | 'edit';
  /** Relative, with `/`. */
  readonly path: string;
  /** The whole file afterwards. */
  readonly content: string;
  /** Of an edit: the lines that come in. */
  readonly added: readonly string[];
}

/** What is to be done, before anything is done. */
export interface Plan {
  readonly changes: readonly Change[];
  /** What was left as it is, and what is left to do by hand. */
  readonly notes: readonly string[];
}

/** A plan in words. */
export function describePlan({ changes }: Plan): string[] {
  return changes.flatMap(({ kind, path, added }) => [
    `  ${kind === 'add' ? 'new ' : 'edit'}  ${path}`,
    ...added.map((line) => `          + ${line}`),
  ]);
}
