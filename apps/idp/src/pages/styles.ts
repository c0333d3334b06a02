import { createHash } from 'node:crypto';

/** The one style sheet, inline on every page: a ticket on a counter. */
export const styles = `
:root {
  color-scheme: light dark;
  --counter: #faf6ee; --ticket: #fffdf9; --ink: #1b1522; --quiet: #5c5364; --line: #85798f; --hair: #e5dccb;
  --velvet: #7a1f3d; --velvet-down: #64172f; --on-velvet: #fffdf9; --brass: #b8862f; --wrong: #b3261e;
  --wrong-ground: #fbeae6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --counter: #1b1522; --ticket: #272030; --ink: #faf6ee; --quiet: #c5bacd; --line: #9688a3; --hair: #41374c;
    --velvet: #a8365c; --velvet-down: #bd4a71; --on-velvet: #ffffff; --brass: #d9ab58; --wrong: #ffb4a8;
    --wrong-ground: #43242a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100svh; padding: 1.5rem 1rem; display: flex; flex-direction: column;
  align-items: center; justify-content: center; gap: 1.25rem;
  background: var(--counter); color: var(--ink);
  font: 1rem/1.5 "Inter", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
.ticket {
  width: 100%; max-width: 26rem; background: var(--ticket); border: 1px solid var(--hair); border-radius: 14px;
  box-shadow: 0 1px 2px rgb(27 21 34 / 6%), 0 12px 32px rgb(27 21 34 / 8%);
}
.stub {
  position: relative; display: flex; align-items: center; gap: .75rem; padding: 1rem 1.75rem;
  border-bottom: 2px dashed var(--brass);
}
.stub::before, .stub::after {
  content: ""; position: absolute; bottom: -11px; width: 20px; height: 20px; border-radius: 50%;
  background: var(--counter); border: 1px solid var(--hair);
}
.stub::before { left: -11px; clip-path: inset(0 0 0 50%); }
.stub::after { right: -11px; clip-path: inset(0 50% 0 0); }
.stub svg { flex: none; width: 2rem; height: 2rem; }
.stub p { margin: 0; font-size: .875rem; color: var(--quiet); }
.body { padding: 1.5rem 1.75rem 1.75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 0 0 .5rem; font-size: 1rem; }
.body > p, form > p { margin: 0 0 1.25rem; }
.quiet { color: var(--quiet); }
code { font: .875em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
label { display: block; margin-bottom: .375rem; font-weight: 600; }
.field { margin-bottom: 1rem; }
input {
  width: 100%; min-height: 2.875rem; padding: .5rem .75rem; font: inherit; color: inherit;
  background: var(--ticket); border: 1px solid var(--line); border-radius: 8px;
}
input[aria-invalid="true"] { border-color: var(--wrong); }
.buttons { display: flex; flex-direction: column; gap: .625rem; margin-top: 1.5rem; }
button, .button {
  display: block; width: 100%; min-height: 2.875rem; padding: .625rem 1rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; cursor: pointer; border-radius: 8px;
  border: 1px solid var(--velvet); background: var(--velvet); color: var(--on-velvet);
}
button:hover, .button:hover { background: var(--velvet-down); border-color: var(--velvet-down); }
button.second { background: transparent; border-color: var(--line); color: var(--ink); }
button.second:hover { background: var(--counter); }
:focus-visible { outline: 3px solid var(--brass); outline-offset: 2px; }
.wrong {
  margin: 0 0 1.25rem; padding: .625rem .875rem; border-left: 3px solid var(--wrong); border-radius: 4px;
  background: var(--wrong-ground); color: var(--wrong); font-weight: 600;
}
.accounts { margin: 1.5rem 0 0; padding: 1rem 0 0; border-top: 1px solid var(--hair); font-size: .875rem; }
.accounts p { margin: 0; }
.accounts dl { margin: .5rem 0 0; display: grid; grid-template-columns: auto 1fr; gap: .125rem .75rem; }
.accounts dt { color: var(--quiet); }
.accounts dd { margin: 0; }
.scopes { margin: 0 0 1.25rem; padding: 0; list-style: none; border-top: 1px solid var(--hair); }
.scopes li {
  display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: .625rem 0;
  border-bottom: 1px solid var(--hair);
}
.scopes code { flex: none; color: var(--quiet); }
footer { max-width: 26rem; font-size: .875rem; color: var(--quiet); text-align: center; }
footer p { margin: 0; }
`;

/** The source expression of an inline style sheet for `style-src` (CSP level 3). */
export function sourceOf(sheet: string): string {
  return `'sha256-${createHash('sha256').update(sheet).digest('base64')}'`;
}
