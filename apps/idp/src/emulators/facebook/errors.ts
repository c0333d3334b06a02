import { randomBytes } from 'node:crypto';
import { type Answer, json } from '../call.ts';

/** An error of the Graph API (Meta, "Handling Errors"). */
export interface GraphError {
  readonly status: number;
  readonly message: string;
  readonly type: 'OAuthException' | 'GraphMethodException';
  readonly code: number;
  readonly subcode?: number;
  readonly transient?: boolean;
}

/** The Graph API's error object; it is none of RFC 6749. */
export function graphError({ status, message, type, code, subcode, transient }: GraphError): Answer {
  const error = {
    message,
    type,
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    ...(transient && { is_transient: true }),
    fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
  };
  const challenge = `OAuth "Facebook Platform" "invalid_request" "${message.replaceAll('"', "'")}"`;
  return json(status, { error }, { 'WWW-Authenticate': challenge });
}

export function oauthError(message: string, code: number, subcode?: number): Answer {
  const more = subcode === undefined ? {} : { subcode };
  return graphError({ status: 400, message, type: 'OAuthException', code, ...more });
}

const transientMessages: Readonly<Record<number, string>> = {
  1: 'An unknown error has occurred.',
  2: 'An unexpected error has occurred. Please retry your request later.',
  4: '(#4) Application request limit reached',
};

/** Trouble that passes. */
export function transientError(code: 1 | 2 | 4): Answer {
  const message = transientMessages[code] ?? '';
  return graphError({
    status: code === 4 ? 403 : 500,
    message,
    type: 'OAuthException',
    code,
    transient: true,
  });
}
