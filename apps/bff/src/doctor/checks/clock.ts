import { type Finding, findingsAbout } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** What Coatcheck forgives in times of ID tokens. Milliseconds. */
const tolerance = 30_000;

/** How far the clocks are apart, by the answer that says the least. */
export function checkClock({ answers }: Subject): Finding {
  const { ok, warn, fail, note } = findingsAbout('clock');
  const offsets = answers
    .flatMap((answer) => (answer.kind === 'unreachable' || answer.clock === null ? [] : [answer.clock]))
    .map(({ theirs, ours }) => theirs - ours)
    .toSorted((a, b) => Math.abs(a) - Math.abs(b));
  const [offset] = offsets;
  if (offset === undefined) return note('the provider does not tell its time');
  const seconds = Math.round(Math.abs(offset) / 1_000);
  if (Math.abs(offset) < 2_000) return ok('the provider and this machine agree');
  const found = `this machine is ${seconds} s ${offset > 0 ? 'behind' : 'ahead of'} the provider`;
  const fix = 'Set the clock by NTP.';
  return Math.abs(offset) > tolerance
    ? fail(found, 'Coatcheck forgives 30 s: ID tokens are refused.', fix)
    : warn(found, 'Coatcheck forgives 30 s; other clients may not.', fix);
}
