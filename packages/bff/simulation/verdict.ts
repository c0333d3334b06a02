/** What must hold in every history, each by its name. */
export const checkNames = {
  'one-flight':
    'no refresh token is sent while another request with it is under way, unless its holder is dead or past its lease',
  'fresh-read': 'a holder sends the refresh token that the store had when it got the lease, or a newer one',
  'needless-refresh': 'nobody refreshes a token that was fresh in the store when the lease was given',
  'time-to-answer': 'nobody decides to send a request that could outlast the lease',
  'never-older': 'no stored token that a holder in time received gives way to one that was issued before it',
  'received-is-stored':
    'a holder in time does not give its lease back before what it received, or something newer, is stored',
  'stored-before-use': 'no token is used before it is stored',
  'own-token': 'no request is forwarded with the token of another session or for another resource',
  'living-token': 'no request is forwarded with a token that is known to be dead',
  'ended-is-refused': 'a second after its end no instance takes requests of a session',
  'needless-sign-out':
    'no session ends unless the server refused it, its life was over, or somebody ended it',
  'counted-loss':
    'what no client could have kept is never lost at a server with a grace, and elsewhere has a reason',
  'told-the-truth': 'nobody is told that a session ended which did not, or another reason',
  'no-return': 'a session that ended never comes back',
  recovers: 'when all faults are over, every session that is left is served by every instance',
  answers: 'every call of a process that lives is answered',
  'no-surprise': 'nothing rejects but the store, and nothing is thrown where nobody catches it',
} as const;

export type CheckName = keyof typeof checkNames;

export interface Violation {
  readonly check: CheckName;
  readonly session: string | undefined;
  readonly time: number;
  readonly text: string;
}

/** Collects what went wrong; the first is what counts. */
export interface Verdict {
  readonly violations: readonly Violation[];
  violated(check: CheckName, session: string | undefined, text: string): void;
}

/** @param onFirst called once */
export function createVerdict(now: () => number, onFirst: () => void): Verdict {
  const violations: Violation[] = [];
  return {
    violations,
    violated(check, session, text) {
      violations.push({ check, session, time: now(), text });
      if (violations.length === 1) onFirst();
    },
  };
}
