/** Longer texts of a provider are cut. Characters. */
const longest = 200;

/**
 * A text of somebody else's, fit for a terminal: controls (escape sequences among them), direction marks and what is no
 * character become `?`.
 */
export function printable(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu, '?');
}

/** A few texts, with commas. */
export function printableList(texts: readonly string[]): string {
  const shown = texts.slice(0, 12).map(printable).join(', ');
  return texts.length > 12 ? `${shown}, … (${texts.length} in all)` : shown;
}
