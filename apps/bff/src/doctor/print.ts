import type { Finding, Level } from './finding.ts';
import type { Suggestion } from './suggest.ts';

/** Colours a text, or does not. */
export type Paint = (colour: 'green' | 'blue' | 'yellow' | 'red' | 'bold', text: string) => string;

const colours = { ok: 'green', note: 'blue', warn: 'yellow', fail: 'red' } as const;

/** One line for each finding, with what follows from it and what to do. */
export function printFindings(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ level, subject, found, consequence, fix }) => {
      const what = [sentence(found), consequence, fix].filter(Boolean).join(' ');
      return `${paint(colours[level], level.padEnd(4))}  ${subject.padEnd(width)}  ${what}`;
    })
    .join('\n');
}

/** How many of each, and what that means. */
export function printVerdict(findings: readonly Finding[], paint: Paint): string {
  const count = (level: Level) => findings.filter((one) => one.level === level).length;
  const some = (level: Level, name: string) => `${count(level)} ${name}${count(level) === 1 ? '' : 's'}`;
  const counts = `${count('ok')} ok, ${some('note', 'note')}, ${some('warn', 'warning')}, ${some('fail', 'failure')}`;
  return count('fail') === 0
    ? `${counts}: ${paint('bold', 'Coatcheck works with this provider.')}`
    : `${counts}: ${paint('bold', 'something that Coatcheck needs is missing.')}`;
}

/** The configuration to paste, and the addresses to register. */
export function printSuggestion({ configuration, register }: Suggestion, paint: Paint): string {
  const width = Math.max(...Object.keys(register).map((name) => name.length));
  const lines = Object.entries(register).map(([name, url]) => `  ${name.padEnd(width)}  ${url}`);
  return [
    paint('bold', 'For the configuration:'),
    JSON.stringify(configuration, null, 2),
    '',
    paint('bold', 'Register at the provider:'),
    ...lines,
  ].join('\n');
}

function sentence(text: string): string {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  // A word of a protocol, such as client_secret_basic, stays as it is.
  return ended.replace(/^[a-z]+(?=[ .,:])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}
