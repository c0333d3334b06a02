import type { AssertedPerson } from '../provider/provider.ts';
import type { SessionRecord } from '../session/record.ts';

/** Longer ones are not passed on. */
const longestText = 255;

/** Whom the sign-in of a session was about. */
export function assertedPerson(record: SessionRecord): AssertedPerson {
  const { user, authTime, createdAt } = record;
  const verified = user.email_verified === true;
  return {
    issuer: record.issuer,
    subject: record.subject,
    // Where the provider does not say when, it was not after the session began.
    authTime: authTime ?? Math.floor(createdAt / 1_000),
    name: textOf(user.name),
    email: verified ? textOf(user.email) : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= longestText ? value : null;
}
