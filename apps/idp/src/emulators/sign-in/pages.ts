import { type Html, html, trusted } from '../../pages/html.ts';
import type { Look } from './look.ts';
import type { AskedScope, EmulatedAccount } from './request.ts';

/** The accounts, one button each: a click signs in. */
export function chooserPage(
  look: Look,
  client: string,
  accounts: readonly EmulatedAccount[],
  id: string,
): string {
  const buttons = accounts.map(
    (account) => html`<li><button class="account" name="account" value="${account.login}">
<span class="face" aria-hidden="true">${account.name.slice(0, 1)}</span>
<span><span>${account.name}</span><span class="about">${account.login} · ${account.about}</span></span>
</button></li>`,
  );
  return layout(
    look,
    look.chooserTitle,
    html`<h1>${look.chooserTitle}</h1>
<p class="quiet">${look.chooserLead(client)}</p>
<form method="post" action="/sign-in">
<input type="hidden" name="request" value="${id}">
<ul aria-label="Accounts">${buttons}</ul>
<div class="buttons"><button class="second" name="decision" value="deny">Cancel</button></div>
</form>`,
  );
}

/** What the app asks for. Optional scopes have a box that can be cleared. */
export function consentPage(
  look: Look,
  client: string,
  account: EmulatedAccount,
  scopes: readonly AskedScope[],
  id: string,
): string {
  const title = look.consentTitle(client);
  return layout(
    look,
    title,
    html`<h1>${title}</h1>
<p class="quiet">${account.name}, <code>${account.login}</code></p>
<form method="post" action="/sign-in">
<input type="hidden" name="request" value="${id}">
<p id="asks">${look.consentLead}</p>
<ul class="scopes" aria-labelledby="asks">${scopes.map(scopeItem)}</ul>
<div class="buttons">
<button class="second" name="decision" value="deny">${look.deny}</button>
<button name="decision" value="allow">${look.allow}</button>
</div>
</form>`,
  );
}

/** The start page: who is signed in, and a way out, to sign in as somebody else the next time. */
export function startPage(look: Look, account: EmulatedAccount | undefined): string {
  if (account === undefined) {
    const title = 'Nobody is signed in';
    return layout(look, title, html`<h1>${title}</h1><p class="quiet">Start from the app.</p>`);
  }
  const title = `Signed in as ${account.name}`;
  return layout(
    look,
    title,
    html`<h1>${title}</h1>
<p class="quiet">The next sign-in asks for no account.</p>
<form method="post" action="/sign-in">
<div class="buttons"><button name="decision" value="sign-out">Sign out here</button></div>
</form>`,
  );
}

/** Says that a request cannot be answered, where no app can be told. */
export function problemPage(look: Look, title: string, text: string, code: string): string {
  return layout(
    look,
    title,
    html`<h1>${title}</h1>
<p>${text}</p>
<p class="quiet"><code>${code}</code></p>`,
  );
}

function scopeItem({ name, words, optional }: AskedScope): Html {
  const text = html`${words}<code>${name}</code>`;
  if (!optional) return html`<li><span>${text}</span></li>`;
  const id = `scope-${name}`;
  return html`<li><input type="checkbox" name="scope" value="${name}" id="${id}" checked><label for="${id}">${text}</label></li>`;
}

function layout(look: Look, title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${look.brand} (emulated)</title>
<link rel="icon" href="data:,">
<style>${trusted(look.styles)}</style>
</head>
<body>
<p class="emulated" role="note">Emulated for the Coatcheck demo. This is not ${look.brand}.</p>
<main>
<div class="card">
<p class="brand">${look.brand} <small>emulator</small></p>
${body}
</div>
</main>
</body>
</html>
`.markup;
}
