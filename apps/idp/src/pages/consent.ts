import { html } from './html.ts';
import { page } from './layout.ts';

export interface ConsentPage {
  readonly clientName: string;
  /** Proof that the form is ours. */
  readonly token: string;
  readonly userName: string;
  readonly email: string;
  readonly scopes: readonly { readonly name: string; readonly words: string }[];
}

/** Asks whether a client may have what it asks for; the form posts to the page's own address. */
export function consentPage({ clientName, token, userName, email, scopes }: ConsentPage): string {
  return page(
    `Allow ${clientName}?`,
    html`<h1>Allow ${clientName}?</h1>
<p class="quiet">You are signed in as ${userName}, <code>${email}</code>.</p>
<form method="post">
<input type="hidden" name="token" value="${token}">
<h2 id="asks">${clientName} asks to</h2>
<ul class="scopes" aria-labelledby="asks">${scopes.map(({ name, words }) => html`<li><span>${words}</span><code>${name}</code></li>`)}</ul>
<p class="quiet">Allow it once and you will not be asked for the same again.</p>
<div class="buttons">
<button name="decision" value="allow">Allow</button>
<button class="second" name="decision" value="deny">Deny</button>
</div>
</form>`,
  );
}
