/** A documentation comment, taken apart. */
export interface DocComment {
  /** Markdown. */
  readonly text: string;
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string | null;
  readonly throws: readonly string[];
  /** Source, without a fence. */
  readonly examples: readonly string[];
}

export const noComment: DocComment = { text: '', params: [], returns: null, throws: [], examples: [] };

/** @param value of a block comment, between its delimiters */
export function parseDocComment(value: string): DocComment {
  const lines = value.split('\n').map((line) => line.replace(/^\s*\*? ?/, ''));
  const [text = '', ...tags] = lines.join('\n').split(/^@(?=[a-z]+)/m);
  const of = (name: string) =>
    tags.filter((tag) => tag.startsWith(name)).map((tag) => tag.slice(name.length).trim());
  return {
    text: prose(text),
    params: of('param').map((param) => {
      const [, name = '', about = ''] = /^(\S+)\s*(.*)$/s.exec(param) ?? [];
      return { name, text: prose(about) };
    }),
    returns: of('returns').map(prose)[0] ?? null,
    throws: of('throws').map(prose),
    examples: of('example').map((example) => example.trimEnd()),
  };
}

/** One paragraph a line; names of other things as code. */
function prose(text: string): string {
  return text
    .trim()
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/(?<!\n)\n(?!\n| *[-|])\s*/g, ' ');
}
