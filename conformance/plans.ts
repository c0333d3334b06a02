import { readFileSync } from 'node:fs';
import path from 'node:path';

/** How one module of the OpenID Foundation's conformance suite is answered. */
export interface ModuleRow {
  readonly plan: string;
  readonly module: string;
  /** The test beside it; undefined while there is none. */
  readonly test: { readonly file: string; readonly name: string } | undefined;
  /** The row of the catalogue that it waits for. */
  readonly awaits: string | undefined;
}

/** The rows of `openid-plans.md`. */
export function readModuleRows(): ModuleRow[] {
  let plan = '';
  return read('openid-plans.md').flatMap((line) => {
    plan = /^`([\w-]+-plan)`$/.exec(line)?.[1] ?? plan;
    const [, module, cell = ''] = /^\| `([\w-]+)` +\| .* \| (.*?) +\|$/.exec(line) ?? [];
    if (module === undefined) return [];
    const [, file, name] = /^`([^`]+)`: (.+)$/.exec(cell) ?? [];
    const test = file !== undefined && name !== undefined ? { file, name } : undefined;
    return [{ plan, module, test, awaits: /^not yet: (BFF-[A-Z]+-\d\d)$/.exec(cell)?.[1] }];
  });
}

/** The modules that `requirements.md` names, as `plan module`. */
export function readModules(): string[] {
  let plan = '';
  return read('requirements.md').flatMap((line) => {
    const [, started] = /^- `([\w-]+-plan)`:/.exec(line) ?? [];
    plan = started ?? (line.startsWith('  ') ? plan : '');
    if (plan === '' || started !== undefined) return [];
    return [...line.matchAll(/`([\w-]+)`/g)].map(([, module]) => `${plan} ${module}`);
  });
}

/**
 * Whether a source has a test of this name.
 *
 * @param everywhere where the texts come from that a template puts in
 */
export function hasTestNamed(source: string, everywhere: string, name: string): boolean {
  const literals = source.matchAll(/'((?:[^'\\\n]|\\.)+)'|`((?:[^`\\]|\\.)+)`|"((?:[^"\\\n]|\\.)+)"/g);
  return [...literals].some(([, single, template, double]) => {
    const parts = template === undefined ? [single ?? double ?? ''] : template.split(/\$\{[^}]*\}/);
    const pattern = parts.map((part) => escapeForPattern(unescaped(part))).join('(.+)');
    const found = parts.join('').length > 8 ? new RegExp(`^${pattern}$`).exec(name) : null;
    return found?.slice(1).every((filled) => everywhere.includes(filled)) ?? false;
  });
}

function unescaped(text: string): string {
  return text.replaceAll(/\\u([\da-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function escapeForPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function read(file: string): string[] {
  return readFileSync(path.join(import.meta.dirname, file), 'utf8').split('\n');
}
