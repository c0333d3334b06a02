import { createHash } from 'node:crypto';

const style = `:root{color-scheme:light dark;--ink:#1b1522;--paper:#faf6ee;--velvet:#7a1f3d;--line:#d9cfbf;--surface:#fffdf9}
@media (prefers-color-scheme:dark){:root{--ink:#f3ecdf;--paper:#1b1522;--velvet:#f0a3bc;--line:#4a3f52;--surface:#251d2e}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}
main{max-width:34rem;width:100%;border:1px solid var(--line);border-radius:.75rem;padding:2rem;background:var(--surface)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
p{margin:0 0 1rem}
code{font:.875rem ui-monospace,monospace;overflow-wrap:anywhere}
a{color:var(--velvet);font-weight:600;margin-right:1.25rem}
a:focus-visible{outline:3px solid var(--velvet);outline-offset:3px}
small{display:block;border-top:2px dashed var(--line);padding-top:1rem;margin-top:1.5rem}`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** The policy of {@link renderPage}'s pages: their one style, no script, no picture, no frame. */
export const pageContentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The same with one script of ours, named to the last letter. */
export function pagePolicyWithScript(url: string): string {
  return `${pageContentSecurityPolicy}; script-src ${url}`;
}

/** What a small page says. All of it is text; it is escaped here. */
export interface Page {
  readonly title: string;
  readonly text: string;
  readonly links: readonly { readonly href: string; readonly label: string }[];
  readonly footnotes: readonly string[];
  /** Path of the page's one script, which {@link pagePolicyWithScript} allows. */
  readonly script?: string;
}

/** A small page, for people whom a redirect brought to an answer of ours. */
export function renderPage(page: Page): string {
  const links = page.links
    .map((link) => `<a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a>`)
    .join('');
  const notes = page.footnotes.map((note) => `<code>${escapeHtml(note)}</code>`).join('<br>');
  const script = page.script ? `<script src="${escapeHtml(page.script)}" defer></script>` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(page.title)}</title><style>${style}</style>${script}</head>
<body><main><h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(page.text)}</p><p>${links}</p>${notes ? `<small>${notes}</small>` : ''}</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
