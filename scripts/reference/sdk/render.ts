import path from 'node:path';
import { type Declaration, type DeclarationKind, exportsOf } from './declarations.ts';

const packages = path.join(import.meta.dirname, '../../../packages');

/** What apps import, in the order in which one meets it, and the file behind it. */
export const entries = [
  { name: '@coatcheck/client', file: path.join(packages, 'client/src/index.ts') },
  { name: '@coatcheck/react', file: path.join(packages, 'react/src/index.ts') },
  { name: '@coatcheck/react/router', file: path.join(packages, 'react/src/router.ts') },
] as const;

/** From where these may export: `@coatcheck/react` says all of the client again, which is not repeated. */
const behind = new Map([['@coatcheck/protocol', path.join(packages, 'protocol/src/index.ts')]]);

const introduction = `# SDK reference

<!-- Made by scripts/reference.ts from the sources: edit the comments there. -->

Everything that the packages export. [SDK](README.md) tells what it is for, with examples that run.
`;

const order: readonly DeclarationKind[] = ['component', 'function', 'class', 'constant', 'type'];

/** What a package exports, by the name under which it is imported. */
export function sdkExports(): { name: string; declarations: Declaration[] }[] {
  return entries.map(({ name, file }) => ({ name, declarations: exportsOf(file, behind) }));
}

/** The SDK reference as Markdown. */
export function renderSdkReference(): string {
  const parts = sdkExports().flatMap(({ name, declarations }) => [
    `## ${name}\n`,
    ...(name === '@coatcheck/react' ? ['Exports all of `@coatcheck/client` too.\n'] : []),
    ...order.flatMap((kind) =>
      declarations
        .filter((one) => one.kind === kind)
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map(section),
    ),
  ]);
  return [introduction, ...parts].join('\n');
}

function section({ name, kind, signatures, doc }: Declaration): string {
  const { text, params, returns, throws, examples } = doc;
  const facts = [
    ...params.map((param) => `- \`${param.name}\`: ${param.text}`),
    ...(returns === null ? [] : [`- Returns ${returns}`]),
    ...throws.map((what) => `- Throws ${what}`),
  ];
  return [
    `### ${kind === 'component' ? `\`<${name}>\`` : name}\n`,
    fence('typescript', signatures.join('\n')),
    ...(text === '' ? [] : [`${text}\n`]),
    ...(facts.length === 0 ? [] : [`${facts.join('\n')}\n`]),
    ...examples.map((example) => fence(/<\w/.test(example) ? 'jsx' : 'typescript', example)),
  ].join('\n');
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\`\n`;
}
