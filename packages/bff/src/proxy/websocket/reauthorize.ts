import type { Refresher } from '../../refresh/refresher.ts';
import { type TokenWant, tokenIn, wantFor } from '../../refresh/token-want.ts';
import type { AccessToken } from '../../session/record.ts';
import type { Session } from '../../session/session.ts';

export interface ReauthorizeOptions {
  readonly refresher: Refresher;
  readonly want: TokenWant;
  /** The message, with `{token}` where the token goes. */
  readonly template: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Sends the message upstream. The token is given too, for whoever must keep it from the browser. */
  readonly send: (message: string, token: AccessToken) => void;
}

export const tokenPlaceholder = '{token}';

const longestTimer = 2 ** 31 - 1;
const retryAfterFailure = 5_000;

/**
 * Tells an upstream of each new access token, and has the token refreshed in time, since a WebSocket alone makes no
 * call that would. It is no use of the session.
 *
 * @param token what the upstream got with the handshake
 */
export function keepAuthorized(
  options: ReauthorizeOptions,
  session: Session,
  token: AccessToken,
): { changed(session: Session): void; stop(): void } {
  const { refresher, want, template, now, send } = options;
  let known = session;
  let sent = token;
  let stopped = false;
  let due: NodeJS.Timeout | undefined;

  const take = (newest: AccessToken | undefined) => {
    if (newest === undefined || newest.value === sent.value || stopped) return;
    sent = newest;
    send(
      template.replaceAll(tokenPlaceholder, () => JSON.stringify(newest.value).slice(1, -1)),
      newest,
    );
    plan();
  };
  const tokenNow = (record: Session['record']) => {
    const wanted = wantFor(want, record);
    return tokenIn(record.grants[wanted.provider], wanted);
  };
  const plan = (atLeast = 1_000) => {
    clearTimeout(due);
    if (stopped) return;
    // A little after it became due by the rules of refresh/policy.ts.
    const early = Math.min(30_000, (sent.expiresAt - sent.receivedAt) * 0.2);
    const left = sent.expiresAt - early - now() + 50;
    due = setTimeout(refresh, Math.min(Math.max(atLeast, left), longestTimer));
  };
  const refresh = () => {
    refresher.obtain(known, want).then(
      (answer) => {
        if (answer.kind === 'token') take(answer.token);
        // Whoever watches the session hears of its end too.
        if (answer.kind === 'unavailable') plan(answer.retryAfter * 1_000);
        else if (answer.kind === 'token' && answer.token.value === sent.value) plan(retryAfterFailure);
      },
      () => plan(retryAfterFailure),
    );
  };
  plan();
  return {
    changed(current) {
      known = current;
      take(tokenNow(current.record));
    },
    stop() {
      stopped = true;
      clearTimeout(due);
    },
  };
}
