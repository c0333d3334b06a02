import type { MarkdownRenderer } from 'vitepress';

/** `<!-- remarks -->` for those who read the source, which would be text on the site: no HTML passes there. */
export function withoutRemarks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('remarks', (state) => {
    for (let at = state.tokens.length - 2; at > 0; at -= 1) {
      const isRemark = /^<!--.*-->$/s.test(state.tokens[at]?.content ?? '');
      if (isRemark && state.tokens[at - 1]?.type === 'paragraph_open') state.tokens.splice(at - 1, 3);
    }
  });
}
