import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/**
 * A paragraph that is only a link to a file below `docs/examples` becomes, on the site, what the file does and its
 * source: `[Live example](examples/session.tsx)`. With the title `source` the source alone.
 *
 * @param docs absolute path of the folder of the documentation
 */
export function liveExamples(docs: string) {
  const folder = path.join(docs, 'examples');
  return (markdown: MarkdownRenderer): void => {
    markdown.core.ruler.before('source-links', 'live-examples', (state) => {
      const page = typeof state.env.path === 'string' ? state.env.path : docs;
      for (let at = 0; at + 2 < state.tokens.length; at += 1) {
        const [paragraph, inline] = state.tokens.slice(at, at + 2);
        const [open, , close, ...more] = inline?.children ?? [];
        if (paragraph?.type !== 'paragraph_open' || close?.type !== 'link_close' || more.length > 0) continue;
        const file = path.resolve(path.dirname(page), String(open?.attrGet('href')));
        if (!file.startsWith(folder + path.sep)) continue;
        const name = path.relative(folder, file);
        const live = Object.assign(new state.Token('html_block', '', 0), {
          content: `<ClientOnly><LiveExample name="${name}" /></ClientOnly>\n`,
        });
        const source = Object.assign(new state.Token('fence', 'code', 0), {
          info: path.extname(file).slice(1),
          markup: '```',
          content: readFileSync(file, 'utf8'),
        });
        state.tokens.splice(at, 3, ...(open?.attrGet('title') === 'source' ? [source] : [live, source]));
      }
    });
  };
}
