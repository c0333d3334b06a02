import { headerNames, type ProblemCode, type SignedOutReason } from '@coatcheck/protocol';
import { reasonOf } from './answers.ts';
import { isRecord } from './json.ts';

/** Codes of problems that only the browser sees; all others come from the server. */
export type ClientErrorCode =
  /** There was no answer: offline, the server is down, or it took too long. */
  | 'network_error'
  /** Something answered in the BFF's place, for example a proxy's own error page. */
  | 'unexpected_answer'
  /** A sign-in started by a guard came back without a session, so it is not started again. */
  | 'sign_in_not_accepted'
  /** Somebody else signed in, so what waited for the person before them was not sent. */
  | 'user_changed'
  /** The person was asked to sign in again, and did not want to. */
  | 'sign_in_cancelled';

/** A code that this version knows, or one of a newer server. */
export type CoatcheckErrorCode = ProblemCode | ClientErrorCode | (string & {});

/** What an error is made of, for tests and stand-ins. */
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
  /** The members of the problem (RFC 9457 §3.2), for `stepUpOf`. */
  members?: Record<string, unknown> | undefined;
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
  declare readonly code: CoatcheckErrorCode;
  declare readonly status: number;
  declare readonly detail: string;
  declare readonly reason: SignedOutReason | undefined;
  declare readonly retryAfter: number | undefined;
  declare readonly members: Record<string, unknown> | undefined;

  constructor({ cause, ...init }: CoatcheckErrorInit) {
    super(init.detail, { cause });
    Object.assign(this, init, { name: 'CoatcheckError' });
  }
}

/** The error for a request that got no answer. */
export function networkError(cause: unknown): CoatcheckError {
  return new CoatcheckError({
    code: 'network_error',
    status: 0,
    detail: 'No answer from the server.',
    cause,
  });
}

/** The error for an answer that the BFF cannot have given. */
export function unexpectedAnswer(status: number): CoatcheckError {
  return new CoatcheckError({
    code: 'unexpected_answer',
    status,
    detail: 'Unexpected answer from the server.',
  });
}

/** Reads the problem (RFC 9457) that a failed answer carries, or gives null where the answer is an API's own. */
export async function readProblem(response: Response): Promise<CoatcheckError | null> {
  const { headers, status, ok } = response;
  const code = headers.get(headerNames.problem);
  if (ok || code === null) return null;
  const body: unknown = await response.json().catch(() => null);
  const members = isRecord(body) ? body : {};
  return new CoatcheckError({
    code,
    status,
    detail: String(members.detail ?? code),
    reason: members.reason === undefined ? undefined : reasonOf(members.reason),
    retryAfter: Number(headers.get('retry-after')) || undefined,
    members,
  });
}
