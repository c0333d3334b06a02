import { type Answer, type Call, json } from '../call.ts';
import { accountOf, appScopedId, type FacebookAccount, facebookAccount } from './accounts.ts';
import type { FacebookApp } from './app.ts';
import { type Caller, callerOf } from './caller.ts';
import { graphError, oauthError } from './errors.ts';
import type { FacebookGrant, FacebookTokens, TokenState } from './tokens.ts';

export interface GraphParts {
  readonly apps: readonly FacebookApp[];
  readonly tokens: FacebookTokens;
  readonly origin: string;
}

/** `GET /{user-id or me}?fields=…`. Without fields: id and name. */
export function user(parts: GraphParts, call: Call): Answer {
  const found = personOf(parts, call);
  if (found.kind === 'refused') return found.answer;
  const { account, app, grant } = found;
  const known: Readonly<Record<string, unknown>> = {
    id: appScopedId(account.id, app.clientId),
    name: account.name,
    first_name: account.firstName,
    last_name: account.lastName,
    email: grant.granted.includes('email') ? account.email : undefined,
    picture: {
      data: {
        height: 50,
        is_silhouette: false,
        url: `${parts.origin}/pictures/${account.id}.svg`,
        width: 50,
      },
    },
  };
  const fields = (call.query.get('fields') ?? 'id,name').split(/,(?![^({]*[)}])/);
  const names = fields.map((field) => field.replace(/[.({].*$/s, ''));
  const wrong = names.find((name) => !Object.hasOwn(known, name));
  if (wrong !== undefined) {
    return oauthError(`(#100) Tried accessing nonexisting field (${wrong}) on node type (User)`, 100);
  }
  // The id comes without being asked for, too.
  return json(200, Object.fromEntries([...new Set([...names, 'id'])].map((name) => [name, known[name]])));
}

/** `GET /{user-id}/permissions`: what was allowed and what was declined. */
export function permissions(parts: GraphParts, call: Call): Answer {
  const found = personOf(parts, call);
  if (found.kind === 'refused') return found.answer;
  const { granted, declined } = found.grant;
  const data = [
    ...granted.map((permission) => ({ permission, status: 'granted' })),
    ...declined.map((permission) => ({ permission, status: 'declined' })),
  ];
  return json(200, { data });
}

/** `DELETE /{user-id}/permissions`, which ends it all, or of one permission. */
export function removePermissions({ tokens, ...parts }: GraphParts, call: Call): Answer {
  const found = personOf({ tokens, ...parts }, call);
  if (found.kind === 'refused') return found.answer;
  const { grant } = found;
  const { permission } = call.params;
  if (permission === undefined) tokens.endGrant(grant.accountId, grant.clientId);
  else {
    const granted = grant.granted.filter((name) => name !== permission);
    tokens.saveGrant({ ...grant, granted, declined: [...new Set([...grant.declined, permission])] });
  }
  return json(200, { success: true });
}

/** `GET /debug_token`: whose a token is; asked by the app, or with a token of the same app. */
export function debugToken({ apps, tokens }: GraphParts, call: Call): Answer {
  const caller = callerOf(apps, tokens, call);
  if (caller.kind === 'refused') return caller.answer;
  const input = tokens.look(call.query.get('input_token') ?? '');
  if (input.kind === 'unknown') {
    const error = { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' };
    return json(200, { data: { error, is_valid: false, scopes: [] } });
  }
  const clientId = input.kind === 'app' ? input.clientId : input.token.clientId;
  if (clientId !== caller.app.clientId) {
    return oauthError('(#100) The App_id in the input_token did not match the Viewing App', 100);
  }
  return json(200, { data: { app_id: clientId, application: caller.app.name, ...aboutToken(input) } });
}

function aboutToken(input: Exclude<TokenState, { kind: 'unknown' }>): Record<string, unknown> {
  if (input.kind === 'app') return { type: 'APP', is_valid: true, scopes: [] };
  const { token } = input;
  const about = {
    type: 'USER',
    data_access_expires_at: token.issuedAt + 90 * 24 * 60 * 60,
    expires_at: token.expiresAt,
    issued_at: token.issuedAt,
    user_id: appScopedId(token.accountId, token.clientId),
  };
  if (input.kind === 'user') return { ...about, is_valid: true, scopes: input.grant.granted };
  const error =
    input.kind === 'expired'
      ? { code: 190, message: 'Error validating access token: Session has expired.', subcode: 463 }
      : { code: 190, message: 'Error validating access token: The user has not authorized.', subcode: 458 };
  return { ...about, error, is_valid: false, scopes: [] };
}

type Person =
  | {
      readonly kind: 'person';
      readonly account: FacebookAccount;
      readonly app: FacebookApp;
      readonly grant: FacebookGrant;
    }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** Whom a path is about: the token's own user, or for the app itself, any of its users. */
function personOf({ apps, tokens }: GraphParts, call: Call): Person {
  const caller: Caller = callerOf(apps, tokens, call);
  if (caller.kind === 'refused') return caller;
  const { app } = caller;
  const named = call.params.user ?? 'me';
  const own = caller.kind === 'user' ? facebookAccount(caller.grant.accountId) : undefined;
  const account = named === 'me' ? own : accountOf(named, app.clientId);
  const grant = account && tokens.grant(account.id, app.clientId);
  const may = caller.kind === 'app' || account === own;
  if (account !== undefined && grant !== undefined && may) return { kind: 'person', account, app, grant };
  const message = `Unsupported request. Object with ID '${named}' does not exist, or cannot be loaded due to missing permissions.`;
  const error = { status: 400, message, type: 'GraphMethodException', code: 100, subcode: 33 } as const;
  return { kind: 'refused', answer: graphError(error) };
}
