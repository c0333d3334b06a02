import type { AttackerRecord } from './findings.ts';

/** What came of an attack on one app, by what the attacker's server has. */
export type Verdict =
  | { readonly kind: 'not-run' }
  /** @property until when the newest stolen access token runs out @property renewable a refresh token went with it */
  | { readonly kind: 'stolen'; readonly until: Date | null; readonly renewable: boolean }
  /** No token left, but what the API told the person did. */
  | { readonly kind: 'data' }
  | { readonly kind: 'nothing' }
  /** A forged request was sent. @property written whether it did anything; undefined: nobody looked */
  | { readonly kind: 'forged'; readonly written: boolean | undefined };

/** Whether a note was there after another site asked for one. */
export type Forged = 'written' | 'unwritten';

/** @param records of one attack on one app, oldest first */
export function verdictOf(records: readonly AttackerRecord[], forged: Forged | undefined): Verdict {
  const findings = records.map(({ finding }) => finding);
  const tokens = findings.flatMap((finding) => ('tokens' in finding ? finding.tokens : []));
  if (tokens.length > 0) {
    const newest = tokens.findLast(({ kind }) => kind === 'access_token');
    const isRefused = findings.at(-1)?.what === 'renewal-refused';
    const renewable = !isRefused && tokens.some(({ kind }) => kind === 'refresh_token');
    return { kind: 'stolen', until: newest?.usableUntil ?? null, renewable };
  }
  if (findings.some(({ what }) => what === 'data')) return { kind: 'data' };
  if (findings.some(({ what }) => what === 'form-sent')) {
    return { kind: 'forged', written: forged === undefined ? undefined : forged === 'written' };
  }
  return findings.length > 0 ? { kind: 'nothing' } : { kind: 'not-run' };
}

/** Whether a verdict speaks against the app or for it. */
export function toneOf(verdict: Verdict): 'bad' | 'good' | 'plain' {
  switch (verdict.kind) {
    case 'stolen':
    case 'data':
      return 'bad';
    case 'nothing':
      return 'good';
    case 'forged':
      if (verdict.written === undefined) return 'plain';
      return verdict.written ? 'bad' : 'good';
    case 'not-run':
      return 'plain';
  }
}
