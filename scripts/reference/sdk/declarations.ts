import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Class, parseSync } from 'oxc-parser';
import { type DocComment, noComment, parseDocComment } from './doc-comment.ts';

export type DeclarationKind = 'function' | 'component' | 'class' | 'constant' | 'type';

/** Something that a package exports. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** As in the source, without bodies; of a function with overloads one each. */
  readonly signatures: readonly string[];
  readonly doc: DocComment;
}

type Program = ReturnType<typeof parseSync>['program'];
type Statement = Program['body'][number];
type Comments = ReturnType<typeof parseSync>['comments'];

interface Source {
  readonly file: string;
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly comments: Comments;
}

/**
 * What a file exports, also from files behind it, in the order in which it says so.
 *
 * @param packages entry file of the packages of ours that may be exported from; names of all others are left out
 * @throws Error where a name is exported that no file declares
 */
export function exportsOf(file: string, packages: ReadonlyMap<string, string>): Declaration[] {
  const source = read(file);
  const found = source.statements.flatMap((statement): Declaration[] => {
    if (statement.type === 'ExportAllDeclaration') {
      const from = fileOf(statement.source.value, file, packages);
      return from === null ? [] : exportsOf(from, packages);
    }
    if (statement.type !== 'ExportNamedDeclaration') return [];
    if (statement.declaration) return declared(statement, source);
    const from = statement.source ? fileOf(statement.source.value, file, packages) : null;
    if (from === null) return [];
    const all = exportsOf(from, packages);
    return statement.specifiers.map(({ exported }) => {
      const name = exported.type === 'Literal' ? exported.value : exported.name;
      const one = all.find((declaration) => declaration.name === name);
      if (one === undefined) throw new Error(`${file} exports ${name}, which ${from} does not declare.`);
      return one;
    });
  });
  return mergedOverloads(found);
}

function read(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  return { file, text, statements: program.body, comments };
}

function fileOf(specifier: string, from: string, packages: ReadonlyMap<string, string>): string | null {
  if (specifier.startsWith('.')) return path.resolve(path.dirname(from), specifier);
  return packages.get(specifier) ?? null;
}

function declared(
  statement: Extract<Statement, { type: 'ExportNamedDeclaration' }>,
  source: Source,
): Declaration[] {
  const { declaration } = statement;
  const doc = docBefore(statement.start, source);
  const upTo = (end: number) => source.text.slice(declaration?.start ?? 0, end).trim();
  const one = (name: string, kind: DeclarationKind, signature: string) => [
    { name, kind, signatures: [signature], doc },
  ];
  switch (declaration?.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction': {
      const name = declaration.id?.name ?? '';
      const kind = /^[A-Z]/.test(name) ? 'component' : 'function';
      return one(name, kind, upTo(declaration.body?.start ?? declaration.end).replace(/^async /, ''));
    }
    case 'ClassDeclaration':
      return one(declaration.id?.name ?? '', 'class', classSignature(declaration, source));
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return one(declaration.id.name, 'type', upTo(declaration.end));
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) =>
        id.type === 'Identifier' ? one(id.name, 'constant', upTo(declaration.end)) : [],
      );
    default:
      throw new Error(`${source.file}: what is a ${declaration?.type}?`);
  }
}

function classSignature(declaration: Class, { text }: Source): string {
  const head = text.slice(declaration.start, declaration.body.start).trim();
  const members = declaration.body.body.map((member) => {
    const end = member.type === 'MethodDefinition' ? (member.value.body?.start ?? member.end) : member.end;
    return `  ${text
      .slice(member.start, end)
      .trim()
      .replace(/^declare /, '')
      .replace(/;?$/, ';')}`;
  });
  return `${head} {\n${members.join('\n')}\n}`;
}

/** The comment right before, with nothing but remarks for tools between. */
function docBefore(start: number, { text, comments }: Source): DocComment {
  const before = comments.findLast(
    ({ type, value, end }) => type === 'Block' && value.startsWith('*') && end <= start,
  );
  if (before === undefined) return noComment;
  const between = text.slice(before.end, start).replaceAll(/\/\/[^\n]*/g, '');
  return between.trim() === '' ? parseDocComment(before.value.slice(1)) : noComment;
}

/** The implementation of a function with overloads is nobody's business, and each overload may have words of its own. */
function mergedOverloads(all: readonly Declaration[]): Declaration[] {
  const byName = Map.groupBy(all, ({ name }) => name);
  return [...byName.values()].flatMap((same) => {
    const [first, ...others] = same;
    if (first === undefined || others.length === 0) return first ?? [];
    const overloads = same.slice(0, -1);
    return {
      ...first,
      signatures: overloads.flatMap(({ signatures }) => signatures),
      doc: {
        text: overloads
          .map(({ doc }) => doc.text)
          .filter(Boolean)
          .join('\n\n'),
        params: overloads.flatMap(({ doc }) => doc.params),
        returns: overloads.map(({ doc }) => doc.returns).find((returns) => returns !== null) ?? null,
        throws: overloads.flatMap(({ doc }) => doc.throws),
        examples: overloads.flatMap(({ doc }) => doc.examples),
      },
    };
  });
}
