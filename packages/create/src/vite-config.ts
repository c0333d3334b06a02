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
  const code = withoutComments(text);
  if (code.includes('@coatcheck/vite')) return { kind: 'there' };
  if (!/^\s*(?:import|export)\s/m.test(code))
    return { kind: 'by-hand', why: 'it is CommonJS; write it with import and export, as vite.config.mjs' };
  const lists = [...code.matchAll(/\bplugins\s*:\s*\[/g)];
  if (lists.length > 1) return { kind: 'by-hand', why: 'it has several lists of plugins' };
  const edited = lists[0] ? inList(text, code, lists[0], call) : withList(text, code, call);
  if (edited === undefined) return { kind: 'by-hand', why: 'it has no list of plugins' };
  return { kind: 'edited', content: withImport(edited, code), added: [importLine, `${call},`] };
}

/** A whole configuration with the plugin, for an app that has none. */
export function newViteConfig(call: string): string {
  return `${importLine}
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [${call}],
  // The Content-Security-Policy of production allows neither inline scripts nor data: URLs for them.
  build: { assetsInlineLimit: 0 },
});
`;
}

/** The same text, of the same length, with blanks for comments: what stands in one is no place for anything. */
function withoutComments(text: string): string {
  return text.replace(
    /(["'])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^\\`])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (part) => (part.startsWith('/') ? part.replace(/[^\n]/g, ' ') : part),
  );
}

function inList(text: string, code: string, list: RegExpExecArray, call: string): string {
  const end = list.index + list[0].length;
  const rest = text.slice(end);
  const indent = /^[^\S\n]*\n([ \t]+)\S/.exec(rest)?.[1];
  const isEmpty = /^\s*\]/.test(code.slice(end));
  const entry = indent === undefined ? `${call}${isEmpty ? '' : ', '}` : `\n${indent}${call},`;
  return `${text.slice(0, end)}${entry}${rest}`;
}

/** Gives the one object that is exported a list, where there is exactly one. */
function withList(text: string, code: string, call: string): string | undefined {
  const objects = [...code.matchAll(/(?:\bdefineConfig\(|\bexport\s+default)\s*\{/g)];
  const [object] = objects;
  if (object === undefined || objects.length > 1 || /\bplugins\b/.test(code)) return undefined;
  const end = object.index + object[0].length;
  const rest = text.slice(end);
  const indent = /^[^\S\n]*\n([ \t]+)\S/.exec(rest)?.[1];
  const isEmpty = /^\s*\}/.test(code.slice(end));
  const list = `plugins: [${call}]`;
  const entry = indent === undefined ? ` ${list}${isEmpty ? ' ' : ','}` : `\n${indent}${list},`;
  return `${text.slice(0, end)}${entry}${rest}`;
}

/** Before the first import, or else export: a reference to types must stay at the top. */
function withImport(text: string, code: string): string {
  const at = /^[ \t]*(?:import|export)\s/m.exec(code)?.index ?? 0;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, at)}${importLine}${newline}${text.slice(at)}`;
}
