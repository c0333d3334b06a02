import type { RetrySettings } from '../../options/route-upstreams.ts';
import type { Outcome } from '../send.ts';
import type { Verdict } from './circuit-breaker.ts';

/** Methods that do no more when they are done twice (RFC 9110 §9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Statuses by which an upstream, or a gateway before it, says that it could not serve the call. */
const unavailable: ReadonlySet<number> = new Set([502, 503, 504]);

/** A call that failed once or more. */
export interface Tries {
  readonly method: string;
  /** How often it was sent. */
  readonly sent: number;
  /** Milliseconds that its route still gives it. */
  readonly left: number;
  /** Whether its content can be sent from the first byte once more. */
  readonly isReplayable: boolean;
}

/** Whether a call may be sent again. Nothing of an answer may have gone to the browser. */
export function isRetriable(
  policy: RetrySettings,
  { method, sent, left, isReplayable }: Tries,
  reason: 'connect' | number,
): boolean {
  if (sent >= policy.attempts || left <= 0 || !isReplayable) return false;
  if (reason === 'connect') return policy.onConnect;
  return policy.onStatus.has(reason) && idempotent.has(method);
}

/** Whether no connection came about, so that the upstream has seen nothing of the call. */
export function isUnconnected(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.stage === 'connecting';
}

/** What an answer's status says of its upstream. */
export function verdictOf(status: number): Verdict {
  return unavailable.has(status) ? 'fails' : 'works';
}

/** What the end of an exchange says of its upstream, where no answer's status did. */
export function verdictOfEnd(outcome: Outcome): Verdict {
  if (outcome.kind === 'intercepted') return verdictOf(outcome.status);
  if (outcome.kind === 'token_refused') return 'works';
  // Calls that wait here say nothing of it: those that they wait for will.
  if (outcome.kind !== 'failed' || outcome.stage === 'queued') return 'unknown';
  if (outcome.code === 'upstream_invalid') return 'works';
  return outcome.code === 'upstream_unreachable' || outcome.code === 'upstream_timeout' ? 'fails' : 'unknown';
}
