import { html, trusted } from './html.ts';
import { page } from './layout.ts';

/**
 * Asks whether to sign out here too.
 *
 * @param form the library's form: its address and its anti-forgery token, no buttons; id `op.logoutForm`
 */
export function signOutPage(form: string): string {
  return page(
    'Sign out?',
    html`<h1>Sign out here too?</h1>
<p class="quiet">If you stay signed in here, the app's next sign-in asks for no password.</p>
${trusted(form)}
<div class="buttons">
<button form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm" class="second">Stay signed in here</button>
</div>`,
  );
}

/** Where a sign-out ends that named no address to return to. */
export function signedOutPage(publicUrl: string): string {
  return page(
    'Signed out',
    html`<h1>You are signed out</h1>
<p class="quiet">You can close this page.</p>
<div class="buttons"><a class="button" href="${publicUrl}">Go to the app</a></div>`,
  );
}
