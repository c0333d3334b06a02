import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readCitations } from '../../conformance/citations.ts';
import { advisoryCoverage, type Coverage } from '../../conformance/coverage.ts';

const root = path.join(import.meta.dirname, '../..');

const introduction = `# Advisories

<!-- Made by scripts/reference.ts from conformance/advisories.md and the tests that cite its rows. -->

What went wrong in other proxies, backends-for-frontend and session libraries up to November 2026, and the test that
keeps it from happening here. All are run by \`pnpm conformance\`. Rows are from the projects' own advisories, release
notes (CL: changelog) and CVE records; check the state of one before you quote it. That a row has a test does not say
that Coatcheck ever had the fault.
`;

/** The page of the advisories of others, each with the files of the tests that cite it, as Markdown. */
export function renderAdvisories(): string {
  const citations = readCitations(root);
  const coverage = new Map<string, Coverage>(Object.entries(advisoryCoverage));
  const lines = readFileSync(path.join(root, 'conformance/advisories.md'), 'utf8').split('\n');
  const body = lines.flatMap((line) => {
    if (line.startsWith('## '))
      return ['', line, '', '| # | Advisory | What happened | Test |', '|---|---|---|---|'];
    const [, number, name, mechanism] = /^\| (\d+) +\| (.*?) +\| (.*?) +\| /.exec(line) ?? [];
    if (number === undefined) return [];
    const here = citations
      .filter(({ advisories }) => advisories.includes(Number(number)))
      .map(({ file }) => file);
    const files = [...here, ...(coverage.get(number)?.elsewhere ?? [])];
    return [`| ${number} | ${name} | ${mechanism} | ${files.map(link).join(', ')} |`];
  });
  return `${[introduction.trimEnd(), ...body].join('\n')}\n`;
}

function link(file: string): string {
  return `[${path.basename(file, '.test.ts')}](../${file})`;
}
