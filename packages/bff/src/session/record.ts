import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { dpopKey } from './dpop-key.ts';

/** An access token for one resource. Times are milliseconds since the epoch. */
const accessToken = Type.Object({
  value: Type.String(),
  type: Type.String(),
  scopes: Type.Array(Type.String()),
  receivedAt: Type.Number(),
  expiresAt: Type.Number(),
});

/** Whose grant it is, where that is not who signed in. */
const account = Type.Object({
  issuer: Type.String(),
  subject: Type.String(),
  sid: Type.Union([Type.String(), Type.Null()]),
  /** Claims of this account that the rules of access look at; missing where there are no rules. */
  facts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

/** What one provider granted: one refresh token, however many resources use it. */
const grant = Type.Object({
  /** Grows with every answer of the token endpoint; a late writer sees that it is late. */
  generation: Type.Integer(),
  refreshToken: Type.Union([Type.String(), Type.Null()]),
  /** Kept only where sign-out needs it as a hint. */
  idToken: Type.Union([Type.String(), Type.Null()]),
  scopes: Type.Array(Type.String()),
  /** With a connected account; missing with that of the sign-in. */
  account: Type.Optional(account),
  /** Missing where the tokens are bearer tokens. */
  dpopKey: Type.Optional(dpopKey),
  /** By resource; the empty string stands for a token asked for without one. */
  tokens: Type.Record(Type.String(), accessToken),
});

const record = Type.Object({
  format: Type.Literal(1),
  /** Id of the provider that signed the person in. */
  provider: Type.String(),
  issuer: Type.String(),
  subject: Type.String(),
  providerSession: Type.Union([Type.String(), Type.Null()]),
  /** Allow-listed claims. */
  user: Type.Record(Type.String(), Type.Unknown()),
  roles: Type.Array(Type.String()),
  /** Claims that the rules of access look at; missing where there are no rules. */
  facts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  acr: Type.Union([Type.String(), Type.Null()]),
  amr: Type.Array(Type.String()),
  /** Seconds since the epoch, as the provider said. */
  authTime: Type.Union([Type.Number(), Type.Null()]),
  createdAt: Type.Number(),
  expiresAt: Type.Number(),
  /** By provider id. */
  grants: Type.Record(Type.String(), grant),
});

export type AccessToken = Static<typeof accessToken>;
export type Account = Static<typeof account>;
export type Grant = Static<typeof grant>;

/** Everything the server knows of a session; it leaves this process only sealed. */
export type SessionRecord = Static<typeof record>;

/** What is known of the person. */
export type Identity = Pick<SessionRecord, 'user' | 'roles' | 'facts'>;

/** What a grant holds that its provider can take back. */
export function revocable({ refreshToken, tokens }: Grant): {
  readonly refreshToken: string | null;
  readonly accessToken: string | null;
} {
  return { refreshToken, accessToken: Object.values(tokens)[0]?.value ?? null };
}

const compiled = Compile(record);

/** Reads a record that was opened; undefined for anything else, such as one of a later format. */
export function parseRecord(text: string): SessionRecord | undefined {
  const value: unknown = JSON.parse(text);
  return compiled.Check(value) ? value : undefined;
}
