import { type Html, html, trusted } from './html.ts';
import { styles } from './styles.ts';

const markPath =
  'M6 5h20a3 3 0 0 1 3 3v4.5a3.5 3.5 0 0 0 0 7V24a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3v-4.5a3.5 3.5 0 0 0 0-7V8a3 3 0 0 1 3-3Z';

/** The mark, a ticket with a punched hole, as a picture of its own: the icon of the pages. */
export const markSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#7a1f3d" d="${markPath}"/><circle cx="16" cy="16" r="4.5" fill="#d9ab58"/></svg>`;

const mark = html`<svg viewBox="0 0 32 32" aria-hidden="true"><path fill="var(--velvet)" d="${markPath}"/><circle cx="16" cy="16" r="4.5" fill="var(--brass)"/></svg>`;

/** A whole page. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Coatcheck demo sign-in</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<style>${trusted(styles)}</style>
</head>
<body>
<main class="ticket">
<div class="stub">${mark}<p>Demo authorization server</p></div>
<div class="body">
${body}
</div>
</main>
<footer><p>Runs on this machine, for demonstration only.</p></footer>
</body>
</html>
`.markup;
}
