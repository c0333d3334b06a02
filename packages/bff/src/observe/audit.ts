import type { SignedOutReason } from '@coatcheck/protocol';

/** What happened to sessions and who was refused: one structured line each, apart from the access log. */
export type AuditEvent =
  | { readonly event: 'login.started'; readonly provider: string }
  | {
      readonly event: 'login.failed';
      readonly provider: string;
      readonly code: string;
      readonly detail?: string;
    }
  | {
      readonly event: 'session.started';
      readonly provider: string;
      readonly session: string;
      readonly subject: string;
    }
  /** A stored record that is not what was written there; its browser counts as signed out. */
  | { readonly event: 'session.open_failed'; readonly session: string; readonly detail: string }
  | { readonly event: 'session.ended'; readonly session: string; readonly reason: SignedOutReason }
  /** A connected account left its session, which goes on without it. */
  | {
      readonly event: 'connection.ended';
      readonly provider: string;
      readonly session: string;
      readonly reason: SignedOutReason;
    }
  | {
      readonly event: 'token.refreshed';
      readonly provider: string;
      readonly session: string;
      readonly milliseconds: number;
    }
  | {
      readonly event: 'token.refresh_failed';
      readonly provider: string;
      readonly session: string;
      readonly code: string;
      readonly detail?: string;
    }
  | {
      readonly event: 'token.revocation_failed';
      readonly provider: string;
      readonly session: string;
      readonly detail: string;
    }
  | { readonly event: 'request.refused'; readonly code: string; readonly detail: string };

/** Takes an event; with `outcome`, `time` and the request's id added by the log behind it. */
export type Audit = (event: AuditEvent, requestId?: string) => void;

/** Writes audit events to a pino log. */
export function auditTo(log: { info(fields: object, message: string): void }): Audit {
  return (event, requestId) => {
    const failed = event.event.endsWith('failed') || event.event.endsWith('refused');
    log.info(
      {
        audit: true,
        outcome: failed ? 'failure' : 'success',
        ...(requestId === undefined ? {} : { reqId: requestId }),
        ...event,
      },
      event.event,
    );
  };
}

/** How a session is named in logs: the start of its hash, which opens nothing. */
export function shortSession(idHash: string): string {
  return idHash.slice(0, 12);
}
