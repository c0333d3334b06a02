/** How a check came out. `fail`: sign-in will not work, or must not. */
export type Level = 'ok' | 'note' | 'warn' | 'fail';

/** One thing that was looked at. Everything is printable: nothing in it is as the provider wrote it. */
export interface Finding {
  readonly level: Level;
  /** What was looked at. */
  readonly subject: string;
  /** What was found. */
  readonly found: string;
  /** What follows from it, where that is not plain. */
  readonly consequence?: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Makes findings about one subject. */
export function findingsAbout(subject: string) {
  const of =
    (level: Level) =>
    (found: string, consequence?: string, fix?: string): Finding => ({
      level,
      subject,
      found,
      ...(consequence === undefined ? {} : { consequence }),
      ...(fix === undefined ? {} : { fix }),
    });
  return { ok: of('ok'), note: of('note'), warn: of('warn'), fail: of('fail') };
}
