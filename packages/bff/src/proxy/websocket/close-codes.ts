import { closeCodes } from '@coatcheck/protocol';

/** How to close one side; without a code the close frame says nothing (RFC 6455 §5.5.1). */
export interface Closing {
  readonly code?: number;
  readonly reason: string | Buffer;
}

/** Codes of RFC 6455 §7.4.1 and the IANA registry. */
export const goingAway = 1001;
export const policyViolation = 1008;
export const internalError = 1011;
export const serviceRestart = 1012;
export const tryAgainLater = 1013;
export const badGateway = 1014;

/** Never on the wire: there was no code, or no close frame at all (RFC 6455 §7.1.5). */
const noStatus = 1005;
const abnormal = 1006;

/**
 * What the browser is told when the upstream's side has closed.
 *
 * @param code as `ws` reports it
 */
export function closingForBrowser(code: number, reason: Buffer): Closing {
  if (code === noStatus) return { reason: '' };
  if (code === abnormal) return { code: badGateway, reason: 'the connection to the API broke' };
  // That code is ours: it must never come from anybody else.
  if (code === closeCodes.sessionEnded) return { code: policyViolation, reason };
  return { code, reason };
}

/** What the upstream is told when the browser's side has closed. */
export function closingForUpstream(code: number, reason: Buffer): Closing {
  if (code === noStatus) return { reason: '' };
  if (code === abnormal) return { code: goingAway, reason: 'the browser is gone' };
  return { code, reason };
}
