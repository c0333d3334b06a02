import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';

/** One thing wrong with the configuration. Never contains a secret's value. */
export interface ConfigProblem {
  /** Path of the key, for example `session.idleTimeout`. */
  readonly key: string;
  readonly problem: string;
  readonly fix: string;
}

/** The configuration cannot be used; the message names every key, problem and fix at once. */
export class ConfigError extends Error {
  readonly code = 'invalid_configuration';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  ${p.key || '(root)'}: ${p.problem} ${p.fix}`);
    super(`The configuration cannot be used:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Every problem that a schema finds in a value, as sentences.
 *
 * @param schema a TypeBox schema whose objects refuse unknown keys
 */
export function schemaProblems(schema: TSchema, value: unknown): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  // TypeBox stops after eight problems unless told otherwise; all are to be told at once.
  Settings.Set({ maxErrors: 10_000 });
  for (const error of Value.Errors(schema, value)) {
    const at = error.instancePath.split('/').slice(1);
    const here = schemaAt(schema, at);
    if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) {
        add(problems, [...at, name], 'is missing.', describe(schemaAt(schema, [...at, name])));
      }
    } else if (error.keyword === 'additionalProperties') {
      for (const name of error.params.additionalProperties) {
        add(problems, [...at, name], 'is not an option.', suggestion(name, Object.keys(propertiesOf(here))));
      }
    } else if (error.keyword !== 'boolean' && error.keyword !== 'const') {
      add(problems, at, `${error.message}.`, describe(here));
    }
  }
  return [...problems.values()];
}

function add(problems: Map<string, ConfigProblem>, path: string[], problem: string, fix: string): void {
  const key = path
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
  if (!problems.has(key)) problems.set(key, { key, problem, fix });
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  description?: string;
  default?: unknown;
  anyOf?: { const?: unknown }[];
}

function schemaAt(schema: SchemaNode, path: readonly string[]): SchemaNode {
  return path.reduce<SchemaNode>((node, part) => node.properties?.[part] ?? node.items ?? {}, schema);
}

function propertiesOf(node: SchemaNode): Record<string, SchemaNode> {
  return node.properties ?? {};
}

function describe(node: SchemaNode): string {
  const choices = node.anyOf?.map((one) => one.const).filter((one) => one !== undefined) ?? [];
  const offer = choices.length > 0 ? ` One of: ${choices.join(', ')}.` : '';
  const fallback = node.default === undefined ? '' : ` Default: ${String(node.default)}.`;
  return `${node.description ?? ''}${offer}${fallback}`.trim();
}

function suggestion(name: string, known: string[]): string {
  const nearest = known
    .map((option) => ({ option, distance: editDistance(name.toLowerCase(), option.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= Math.max(2, name.length / 3)
    ? `Did you mean ${nearest.option}?`
    : `Known here: ${known.join(', ') || 'nothing'}.`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
