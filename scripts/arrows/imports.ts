import { parseSync, Visitor } from 'oxc-parser';

export type Import = {
  readonly line: number;
  /** As written, or undefined for `import(expression)`, which no check can follow. */
  readonly specifier: string | undefined;
};

export type SourceImports = { readonly imports: readonly Import[]; readonly problems: readonly string[] };

/**
 * Every import of a source file: `import`, `import type`, `export … from`, `import()`, `typeof import()`
 * and `require()`. Comments, strings, templates and JSX text are never taken for imports, because a real
 * parser reads the file; TypeScript 7 has no API of its own to ask.
 */
export function readImports(file: string, source: string): SourceImports {
  const parsed = parseSync(file, source);
  if (parsed.errors.length > 0) {
    return { imports: [], problems: parsed.errors.map((error) => error.message) };
  }
  const imports: Import[] = [];
  const add = (offset: number, specifier: unknown) => {
    const line = source.slice(0, offset).split('\n').length;
    imports.push({ line, specifier: typeof specifier === 'string' ? specifier : undefined });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.start, node.source.value),
    ExportAllDeclaration: (node) => add(node.start, node.source.value),
    ExportNamedDeclaration(node) {
      if (node.source) add(node.start, node.source.value);
    },
    ImportExpression: (node) => add(node.start, literal(node.source)),
    TSImportType: (node) => add(node.start, literal(node.source)),
    TSExternalModuleReference: (node) => add(node.start, literal(node.expression)),
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') {
        add(node.start, literal(node.arguments[0]));
      }
    },
  }).visit(parsed.program);
  return { imports, problems: [] };
}

function literal(node: { readonly type: string; readonly value?: unknown } | undefined): unknown {
  return node?.type === 'Literal' ? node.value : undefined;
}
