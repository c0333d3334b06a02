import {
  headerNames,
  type ProblemCode,
  problemCodes,
  type SignedOutReason,
  signedOutReasons,
} from '@coatcheck/protocol';
import { isRecord } from './json.ts';
import { type StepUp, stepUpIn } from './step-up.ts';

/** Codes of problems that only the browser sees; all others come from the server. */
export const clientErrorCodes = [
  /** There was no answer: offline, the server is down, or it took too long. */
  'network_error',
  /** Something answered in the BFF's place, for example a proxy's own error page. */
  'unexpected_answer',
  /** The BFF sent a code that this version of the SDK does not know. */
  'unknown_problem',
  /** A sign-in started by a guard came back without a session, so it is not started again. */
  'sign_in_not_accepted',
] as const;

export type CoatcheckErrorCode = ProblemCode | (typeof clientErrorCodes)[number];

export interface CoatcheckErrorInit {
  code: CoatcheckErrorCode;
  /** HTTP status of the answer, 0 where there was none. */
  status: number;
  /** A sentence for people: what happened and what to do. */
  detail: string;
  /** Why there is no session; only with `session_required`. */
  reason?: SignedOutReason | undefined;
  /** Seconds after which another try makes sense. */
  retryAfter?: number | undefined;
  /** What the person can do at a provider so that the call passes. */
  stepUp?: StepUp | undefined;
  cause?: unknown;
}

/**
 * A failure told by the BFF itself (or the lack of an answer from it), never one told by an API behind it.
 * Switch on `code`: the codes are stable, the texts are not.
 *
 * @example
 * try {
 *   await client.fetch('/api/notes', { method: 'POST', body });
 * } catch (error) {
 *   if (error instanceof CoatcheckError && error.code === 'session_required') keepDraft();
 * }
 */
export class CoatcheckError extends Error {
  override readonly name = 'CoatcheckError';
  readonly code: CoatcheckErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly reason: SignedOutReason | undefined;
  readonly retryAfter: number | undefined;
  /** What the person can do at a provider so that the call passes: hand it to `client.stepUp`. */
  readonly stepUp: StepUp | undefined;

  constructor(init: CoatcheckErrorInit) {
    super(init.detail, { cause: init.cause });
    this.code = init.code;
    this.status = init.status;
    this.detail = init.detail;
    this.reason = init.reason;
    this.retryAfter = init.retryAfter;
    this.stepUp = init.stepUp;
  }
}

/** The error for a request that got no answer. */
export function networkError(cause: unknown): CoatcheckError {
  const detail = 'The server could not be reached. Check the connection and try again.';
  return new CoatcheckError({ code: 'network_error', status: 0, detail, cause });
}

/** The error for an answer that the BFF cannot have given. */
export function unexpectedAnswer(status: number): CoatcheckError {
  const detail =
    status >= 500
      ? `The server has a problem (status ${status}). Nothing was changed; try again later.`
      : `Something else answered in Coatcheck's place (status ${status}). Check basePath and the BFF's prefix.`;
  return new CoatcheckError({ code: 'unexpected_answer', status, detail });
}

/**
 * Reads the problem (RFC 9457) that a failed answer carries, or gives null where the answer is an API's own.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export async function readProblem(response: Response, now: number): Promise<CoatcheckError | null> {
  const sentCode = response.headers.get(headerNames.problem);
  if (response.ok || sentCode === null) return null;
  const body: unknown = await response.json().catch(() => null);
  const members = isRecord(body) ? body : {};
  return new CoatcheckError({
    code: problemCodes.find((code) => code === sentCode) ?? 'unknown_problem',
    status: response.status,
    detail: typeof members.detail === 'string' ? members.detail : `The server refused: ${sentCode}.`,
    reason: signedOutReasons.find((reason) => reason === members.reason),
    retryAfter: secondsToWait(response.headers.get('retry-after'), now),
    stepUp: stepUpIn(sentCode, members),
  });
}

// RFC 9110 §10.2.3: seconds or an HTTP date.
function secondsToWait(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
