import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

type Token = ReturnType<MarkdownRenderer['parse']>[number];
type NewToken = (type: string, tag: string, nesting: -1 | 0 | 1) => Token;

/**
 * Links that work on a code host, made to work on the site too: one that leaves the documentation leads to the
 * repository, or becomes its path as code where nobody said where that is. `README.md` is the index of its folder.
 *
 * @param docs absolute path of the folder of the documentation
 * @param repository URL under which the files of the repository can be read, if there is one
 * @throws Error where a link names a file that is not there
 */
export function sourceLinks(docs: string, repository: string | undefined) {
  return (markdown: MarkdownRenderer): void => {
    markdown.core.ruler.push('source-links', (state) => {
      const page = typeof state.env.path === 'string' ? state.env.path : docs;
      for (const block of state.tokens) {
        if (block.children)
          block.children = rewritten(block.children, page, (...args) => new state.Token(...args));
      }
    });
  };

  function rewritten(tokens: readonly Token[], page: string, token: NewToken): Token[] {
    const out: Token[] = [];
    /** Where the link led that we are in, if it is none any more. */
    let place: string | undefined;
    for (const each of tokens) {
      if (each.type === 'link_close' && place !== undefined) {
        out.push(
          text(token, ' ('),
          Object.assign(token('code_inline', 'code', 0), { content: place }),
          text(token, ')'),
        );
        place = undefined;
        continue;
      }
      const href = each.type === 'link_open' ? String(each.attrGet('href')) : '#';
      const target = fileBehind(href, page);
      if (target === undefined) {
        out.push(each);
        continue;
      }
      const source = path.relative(path.dirname(docs), target);
      if (target.startsWith(docs + path.sep)) {
        each.attrSet('href', href.replace(/(^|\/)README\.md/, '$1index.md'));
        out.push(each);
      } else if (repository === undefined) {
        place = source;
      } else {
        each.attrSet('href', `${repository}/${source}${/#.*$/.exec(href)?.[0] ?? ''}`);
        out.push(each);
      }
    }
    return out;
  }
}

function text(token: NewToken, content: string): Token {
  return Object.assign(token('text', '', 0), { content });
}

/** The file that a relative link names. */
function fileBehind(href: string, page: string): string | undefined {
  if (/^([a-z]+:|\/|#)/.test(href)) return undefined;
  const target = path.resolve(path.dirname(page), decodeURI(href.replace(/#.*$/, '')));
  if (!existsSync(target)) throw new Error(`${page} links to ${href}, which is not there.`);
  return target;
}
