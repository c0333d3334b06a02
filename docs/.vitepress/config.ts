import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitepress';
import { deadAnchors } from './dead-anchors.ts';
import { liveExamples } from './live-examples.ts';
import { withoutRemarks } from './remarks.ts';
import { sidebar } from './sidebar.ts';
import { sourceLinks } from './source-links.ts';

const docs = path.resolve(import.meta.dirname, '..');
/** Under which files of the repository can be read, for example `https://code.example/coatcheck/blob/main`. */
const repository = process.env.DOCS_REPOSITORY;
const base = process.env.DOCS_BASE ?? '/';

export default defineConfig({
  title: 'Coatcheck',
  description:
    'Backend-for-frontend for single-page apps: the tokens stay on the server, the browser keeps a ticket.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}mark.svg` }]],
  cleanUrls: true,
  lastUpdated: false,
  rewrites: { ':folder/README.md': ':folder/index.md' },
  // Pages are plain Markdown: what looks like a tag, such as `sqlite:<path>`, is text.
  markdown: {
    html: false,
    config(markdown) {
      withoutRemarks(markdown);
      sourceLinks(docs, repository)(markdown);
      liveExamples(docs)(markdown);
    },
  },
  // The examples use the sources of the SDK, whose target this version of esbuild does not know yet.
  vite: { esbuild: { tsconfigRaw: { compilerOptions: { target: 'es2022' } } } },
  themeConfig: {
    logo: '/mark.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Guides', link: '/guides/existing-spa' },
      { text: 'Reference', link: '/configuration' },
      { text: 'Security', link: '/security' },
      { text: 'FAQ', link: '/faq' },
    ],
    sidebar: sidebar(docs),
    footer: { message: 'Apache-2.0' },
  },
  buildEnd({ outDir }) {
    const dead = deadAnchors(outDir, base);
    if (dead.length > 0) throw new Error(`links to places that are not there:\n${dead.join('\n')}`);
    const openapi = path.join(docs, 'openapi.json');
    if (existsSync(openapi)) copyFileSync(openapi, path.join(outDir, 'openapi.json'));
  },
});
