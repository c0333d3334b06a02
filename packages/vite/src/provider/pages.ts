import { createHash } from 'node:crypto';
import { type DevelopmentUser, subjectOf } from './users.ts';

const styles = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#faf6ee, #1b1522); }
main { box-sizing: border-box; width: min(26rem, 100vw); padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; }
p { margin: .25rem 0 1rem; }
form { display: grid; gap: .5rem; }
button { font: inherit; text-align: start; padding: .6rem .9rem; border: 1px solid; border-radius: .5rem; cursor: pointer;
  color: inherit; background: light-dark(#fff, #2a2133); }
button:hover, button:focus-visible { outline: 2px solid #b8862f; }
button small { display: block; opacity: .75; }
button.quiet { border-color: transparent; background: none; text-align: center; }
`;

/** What the one style sheet of the pages is called in a Content-Security-Policy. */
export const styleSource = `'sha256-${createHash('sha256').update(styles).digest('base64')}'`;

/** Who can sign in, as buttons. */
export function signInPage(users: readonly DevelopmentUser[], action: string): string {
  const buttons = users.map((user) => {
    const { email, name = email } = user;
    return `<button name="sub" value="${escapeHtml(subjectOf(user))}">${escapeHtml(name)}<small>${escapeHtml(email)}</small></button>`;
  });
  return page(
    'Who signs in?',
    `<p>The development provider of Coatcheck asks for no password: it answers on this machine alone.</p>
<form method="post" action="${escapeHtml(action)}">
${buttons.join('\n')}
<button class="quiet" name="sub" value="">Cancel</button>
</form>`,
  );
}

/**
 * Asks whether to sign out here too.
 *
 * @param form of oidc-provider, without buttons; its id is `op.logoutForm`
 */
export function signOutPage(form: string): string {
  return page(
    'Sign out here too?',
    `<p>You are signed out of the app.</p>
${form}
<p><button form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button class="quiet" form="op.logoutForm">Stay signed in here</button></p>`,
  );
}

/** A page that only says something. */
export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escapeHtml(text)}</p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
