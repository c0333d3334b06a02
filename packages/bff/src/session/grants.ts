import type { Account, Grant, SessionRecord } from './record.ts';

/** A session's grants with one replaced. @param grant null takes it out */
export function grantsWith(
  { grants }: SessionRecord,
  provider: string,
  grant: Grant | null,
): SessionRecord['grants'] {
  const { [provider]: _, ...others } = grants;
  return grant === null ? others : { ...grants, [provider]: grant };
}

/** The accounts of other providers that a session has, by provider id. */
export function accountsIn(record: SessionRecord | undefined): [provider: string, account: Account][] {
  const grants = Object.entries(record?.grants ?? {});
  return grants.flatMap(([provider, { account }]) => (account === undefined ? [] : [[provider, account]]));
}
