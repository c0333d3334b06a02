import { html } from './html.ts';
import { page } from './layout.ts';

export interface MessagePage {
  readonly title: string;
  readonly text: string;
  /** The error's name, for whoever looks into it. */
  readonly code?: string;
  /** Where to go from here: the app. */
  readonly publicUrl: string;
}

/** A page that says one thing. Everything in it is escaped. */
export function messagePage({ title, text, code, publicUrl }: MessagePage): string {
  return page(
    title,
    html`<h1>${title}</h1>
<p class="quiet">${text}</p>
${code && html`<p class="quiet">Error code: <code>${code}</code></p>`}
<div class="buttons"><a class="button" href="${publicUrl}">Go to the app</a></div>`,
  );
}
