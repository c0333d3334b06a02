import { users } from '../accounts/users.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

export interface SignInPage {
  readonly clientName: string;
  /** Proof that the form is ours. */
  readonly token: string;
  /** What stands in the first field: the hint of the client, or what was typed before. */
  readonly login: string;
  /** What went wrong with the last try. */
  readonly problem?: string;
}

/** The sign-in form; it posts to the page's own address. */
export function signInPage({ clientName, token, login, problem }: SignInPage): string {
  const message = problem && html`<p class="wrong" role="alert" id="problem">${problem}</p>`;
  const invalid = problem && html` aria-invalid="true" aria-describedby="problem"`;
  const onLogin = login === '' ? html` autofocus` : undefined;
  const onPassword = login === '' ? undefined : html` autofocus`;
  return page(
    problem ? `Sign-in failed: ${problem}` : 'Sign in',
    html`<h1>Sign in</h1>
<p class="quiet">to go on to ${clientName}</p>
${message}
<form method="post">
<input type="hidden" name="token" value="${token}">
<div class="field">
<label for="login">E-mail address</label>
<input id="login" name="login" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="254" required value="${login}"${invalid}${onLogin}>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${invalid}${onPassword}>
</div>
<div class="buttons">
<button name="decision" value="sign-in">Sign in</button>
<button class="second" name="decision" value="deny" formnovalidate>Cancel</button>
</div>
</form>
<div class="accounts">
<p>Demo accounts</p>
<dl>${users.map((user) => html`<dt>${user.givenName}</dt><dd><code>${user.email}</code></dd>`)}
<dt>Password</dt><dd><code>coatcheck</code></dd></dl>
</div>`,
  );
}
