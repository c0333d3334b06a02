/** A Vite configuration with the plugin in it, or why it has to be written by hand. */
export type EditedConfig =
  | { readonly kind: 'edited'; readonly content: string; readonly added: readonly string[] }
  | { readonly kind: 'there' }
  | { readonly kind: 'by-hand'; readonly why: string };

const importLine = "import { coatcheck } from '@coatcheck/vite';";

/**
 * Adds the plugin to the text of a Vite configuration. Only where there is one obvious place: everything else in the
 * file stays as it is to the letter.
 *
 * @param call the plugin with its options, as code
 */
export function addPlugin(text: string, call: string): EditedConfig {
  if (text.includes('@coatcheck/vite')) return { kind: 'there' };
  if (!/^\s*import\s/m.test(text)) return { kind: 'by-hand', why: 'it has no imports (CommonJS?)' };
  const lists = [...text.matchAll(/\bplugins\s*:\s*\[/g)];
  const [list] = lists;
  if (list === undefined) return { kind: 'by-hand', why: 'it has no list of plugins' };
  if (lists.length > 1) return { kind: 'by-hand', why: 'it has several lists of plugins' };

  const end = list.index + list[0].length;
  const rest = text.slice(end);
  const indent = /^\s*\n([ \t]+)\S/.exec(rest)?.[1];
  const isEmpty = /^\s*\]/.test(rest);
  const entry = indent === undefined ? `${call}${isEmpty ? '' : ', '}` : `\n${indent}${call},`;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return {
    kind: 'edited',
    content: `${importLine}${newline}${text.slice(0, end)}${entry}${rest}`,
    added: [importLine, `${call},`],
  };
}
