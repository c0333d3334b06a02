import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Answer, type Call, pageAnswer, type Route, redirectTo } from '../call.ts';
import type { EmulatedClient } from '../emulator.ts';
import { RecordSet } from '../state/records.ts';
import { type Browser, Browsers } from './browser.ts';
import type { Look } from './look.ts';
import { chooserPage, consentPage, problemPage, startPage } from './pages.ts';
import type { AskedScope, AuthorizationRequest, EmulatedAccount, PendingSignIn } from './request.ts';

/** Where the pages post their forms. */
export const formPath = '/sign-in';

const tenMinutes = 600;

/** What a provider decides about a sign-in; the steps are the same for all. */
export interface SignInParts {
  readonly brand: string;
  readonly look: Look;
  readonly accounts: readonly EmulatedAccount[];
  readonly clients: readonly EmulatedClient[];
  readonly database: DatabaseSync;
  readonly now: () => number;
  /** What to ask this person for; empty where nothing needs to be asked. */
  readonly asks: (request: AuthorizationRequest, accountId: string) => readonly AskedScope[];
  /** Where the browser goes with the answer; `left` are the optional scopes that the person left out. */
  readonly granted: (
    request: AuthorizationRequest,
    accountId: string,
    left: readonly string[],
    asked: boolean,
  ) => string;
  readonly denied: (request: AuthorizationRequest) => string;
}

export interface SignIn {
  /** Who is signed in, in this browser. */
  signedIn(call: Call): string | undefined;
  /** Answers an authorization request: a page, or at once where nothing has to be asked. */
  begin(call: Call, request: AuthorizationRequest): Answer;
  /** Take the pages' forms, and show who is signed in. */
  readonly routes: readonly Route[];
}

/** The steps from an authorization request to its answer: who, and what they allow. */
export function createSignIn(parts: SignInParts): SignIn {
  const { accounts, asks, clients, look } = parts;
  const browsers = new Browsers(parts.database, parts.brand, parts.now);
  const pending = new RecordSet<PendingSignIn>(parts.database, 'pending', parts.now);

  const nameOf = (clientId: string) =>
    clients.find((client) => client.clientId === clientId)?.name ?? clientId;
  const keep = (sign: PendingSignIn): string => {
    const id = randomBytes(32).toString('base64url');
    pending.put(id, sign, tenMinutes);
    return id;
  };
  const consentOrEnd = (
    browser: Browser,
    request: AuthorizationRequest,
    account: EmulatedAccount,
  ): Answer => {
    const asked = asks(request, account.id);
    if (asked.length === 0) return redirectTo(parts.granted(request, account.id, [], false));
    const id = keep({ browser: browser.id, request, accountId: account.id });
    return pageAnswer(200, consentPage(look, nameOf(request.clientId), account, asked, id));
  };

  const take = (call: Call): Answer => {
    const browser = browsers.known(call);
    if (browser !== undefined && call.form.get('decision') === 'sign-out') {
      browsers.signOut(browser);
      return redirectTo('/');
    }
    const sign = pending.take(call.form.get('request') ?? '');
    if (browser === undefined || sign === undefined || sign.browser !== browser.id) {
      const text = 'It took too long, or it belongs to another browser. Start again from the app.';
      return pageAnswer(400, problemPage(look, 'This sign-in has ended', text, 'sign_in_ended'));
    }
    const { request } = sign;
    if (call.form.get('decision') === 'deny') return redirectTo(parts.denied(request));
    const chosen = accounts.find(({ login }) => login === call.form.get('account'));
    if (chosen !== undefined) {
      browsers.signIn(browser, chosen.id);
      return consentOrEnd(browser, request, chosen);
    }
    if (sign.accountId !== null && call.form.get('decision') === 'allow') {
      const ticked = call.form.getAll('scope');
      const optional = asks(request, sign.accountId).filter((scope) => scope.optional);
      const left = optional.map(({ name }) => name).filter((name) => !ticked.includes(name));
      return redirectTo(parts.granted(request, sign.accountId, left, true));
    }
    const id = keep(sign);
    return pageAnswer(422, chooserPage(look, nameOf(request.clientId), accounts, id));
  };

  return {
    signedIn: (call) => browsers.known(call)?.accountId,
    begin(call, request) {
      const browser = browsers.known(call) ?? browsers.welcome();
      const account = accounts.find(({ id }) => id === browser.accountId);
      const cookie = browsers.cookieHeader(browser);
      if (account !== undefined && !request.choose) {
        const answer = consentOrEnd(browser, request, account);
        return { ...answer, headers: { ...answer.headers, ...cookie } };
      }
      const id = keep({ browser: browser.id, request, accountId: null });
      const page = chooserPage(look, nameOf(request.clientId), hintedFirst(accounts, request.hint), id);
      return pageAnswer(200, page, cookie);
    },
    routes: [
      { methods: ['POST'], path: /^\/sign-in$/, answer: take },
      {
        methods: ['GET'],
        path: /^\/$/,
        answer: (call) => {
          const account = accounts.find(({ id }) => id === browsers.known(call)?.accountId);
          return pageAnswer(200, startPage(look, account));
        },
      },
    ],
  };
}

function hintedFirst(accounts: readonly EmulatedAccount[], hint: string | null): readonly EmulatedAccount[] {
  const isHinted = ({ id, login }: EmulatedAccount) =>
    hint !== null && (login === hint || id === hint || login.endsWith(`@${hint}`));
  return [...accounts.filter(isHinted), ...accounts.filter((account) => !isHinted(account))];
}
