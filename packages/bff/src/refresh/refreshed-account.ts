import { deniedBy } from '../options/access.ts';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { refreshedIdentity } from '../provider/identity.ts';
import type { TokenSet } from '../provider/provider.ts';
import { strangerFault } from '../provider/stranger.ts';
import type { Grant, Identity, SessionRecord } from '../session/record.ts';
import { sameIdentity } from './policy.ts';

/** Why what a refresh brought is not stored. */
export interface Objection {
  /** `refused`: nobody can say whose tokens they are. `revoked`: their account may not come in any more. */
  readonly reason: 'refused' | 'revoked';
  /** For the log. */
  readonly code: string;
  readonly detail: string;
}

/** What a grant's account is after a refresh. */
export interface RefreshedAccount {
  readonly grant: Grant;
  /** Of the person, where it is the grant of the sign-in. */
  readonly identity?: Identity;
}

/**
 * Whether the ID token of a refresh is still about the account of the grant (OpenID Connect Core §12.2), and that one
 * may still come in: the account that signed in, or a connected one.
 *
 * @param settings of the provider that gave the tokens
 * @returns null where nothing is wrong, as where no ID token came
 */
export function objectionTo(
  settings: ProviderSettings,
  record: SessionRecord,
  grant: Grant,
  tokens: TokenSet,
): Objection | null {
  const { claims } = tokens;
  if (!claims) return null;
  const account = grant.account ? { ...grant.account, authTime: null } : record;
  if (!sameIdentity(tokens, account)) {
    const detail = 'the refreshed ID token is about somebody else';
    return { reason: 'refused', code: 'invalid_id_token', detail };
  }
  const stranger = strangerFault(settings, claims);
  if (stranger) return { reason: 'revoked', code: stranger.kind, detail: stranger.detail };
  const { facts = {} } = refreshedIdentity(settings, identityIn(record, grant), claims);
  const denied = deniedBy(settings.access, facts);
  return denied === null
    ? null
    : { reason: 'revoked', code: 'not_allowed', detail: `access.${denied} does not hold` };
}

/** The grant with what the ID token of a refresh says of its account; as it is where none came. */
export function refreshedAccount(
  settings: ProviderSettings,
  record: SessionRecord,
  grant: Grant,
  { claims }: TokenSet,
): RefreshedAccount {
  if (!claims) return { grant };
  const identity = refreshedIdentity(settings, identityIn(record, grant), claims);
  const { account } = grant;
  if (account === undefined) return { grant, identity };
  const { facts } = identity;
  return { grant: { ...grant, account: { ...account, ...(facts ? { facts } : {}) } } };
}

/** Of a connected account only what the rules of access look at is known. */
function identityIn(record: SessionRecord, { account }: Grant): Identity {
  if (account === undefined) return record;
  return { user: {}, roles: [], ...(account.facts ? { facts: account.facts } : {}) };
}
