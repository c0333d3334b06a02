import { readFileSync } from 'node:fs';
import type { ConfigProblem } from '@coatcheck/bff';

/** What is needed of a JSON Schema here. */
interface SchemaNode {
  readonly type?: unknown;
  readonly properties?: object;
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
}

const prefix = 'COATCHECK_';

/** Named by other tools or by the command line, not part of the configuration. */
const notOptions = new Set(['COATCHECK_CONFIG']);

/**
 * Sets what the environment says over a configuration: `COATCHECK_SESSION_IDLE_TIMEOUT` is `session.idleTimeout`,
 * `COATCHECK_PROVIDERS_0_CLIENT_SECRET_FILE` a file with `providers[0].clientSecret`. The derived names come from the
 * schema alone.
 *
 * @returns the problems; the configuration is changed in place
 */
export function applyEnvironment(
  config: Record<string, unknown>,
  schema: SchemaNode,
  env: NodeJS.ProcessEnv,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || notOptions.has(name) || value === undefined) continue;
    const isFile = name.endsWith('_FILE') && findPath(schema, name.slice(prefix.length)) === undefined;
    const found = findPath(schema, name.slice(prefix.length, isFile ? -'_FILE'.length : undefined));
    if (!found) {
      problems.push({
        key: name,
        problem: 'names no option.',
        fix: 'Remove it, or see the configuration reference.',
      });
      continue;
    }
    try {
      const text = isFile ? readFileSync(value, 'utf8').trim() : value;
      set(config, found.path, parsed(text, found.schema));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      problems.push({
        key: name,
        problem: `names a file that cannot be read (${code}).`,
        fix: 'Correct the path or its permissions.',
      });
    }
  }
  return problems;
}

function findPath(
  schema: SchemaNode,
  rest: string,
  path: (string | number)[] = [],
): { path: (string | number)[]; schema: SchemaNode } | undefined {
  if (rest === '') return path.length > 0 && !schema.properties ? { path, schema } : undefined;
  if (schema.type === 'array' && isNode(schema.items)) {
    const index = /^(\d{1,3})(?:_|$)/.exec(rest);
    if (index) return findPath(schema.items, rest.slice(index[0].length), [...path, Number(index[1])]);
  }
  for (const [name, child] of Object.entries<unknown>({ ...schema.properties })) {
    if (!isNode(child)) continue;
    const shouted = name.replace(/([A-Z])/g, '_$1').toUpperCase();
    if (rest !== shouted && !rest.startsWith(`${shouted}_`)) continue;
    const found = findPath(child, rest.slice(shouted.length + 1), [...path, name]);
    if (found) return found;
  }
  return undefined;
}

function parsed(text: string, schema: SchemaNode): unknown {
  if (isInteger(schema) && /^\d+$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  if (schema.type === 'array')
    return text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
  return text;
}

/** Also where another word may stand in its place. */
function isInteger(schema: SchemaNode): boolean {
  return schema.type === 'integer' || (schema.anyOf ?? []).some((one) => isNode(one) && isInteger(one));
}

function set(target: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  let here: Record<string | number, unknown> = target;
  path.forEach((step, index) => {
    if (index === path.length - 1) here[step] = value;
    else {
      const next = here[step] ?? (typeof path[index + 1] === 'number' ? [] : {});
      here[step] = next;
      here = next as Record<string | number, unknown>;
    }
  });
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null;
}
