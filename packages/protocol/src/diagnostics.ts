/** Who speaks to whom in a flow. */
export type FlowParty = 'browser' | 'bff' | 'authorization-server' | 'api';

/** What a message of a flow is for; each has its place in a specification. */
export const flowKinds = [
  'login',
  'login-redirect',
  'pushed-request',
  'callback',
  'code-exchange',
  'userinfo',
  'signed-in',
  'api-call',
  'forwarded-call',
  'api-answer',
  'call-answer',
  'refresh',
  'token-exchange',
  'assertion',
  'revocation',
  'logout',
  'logout-redirect',
  'metadata',
  'other',
] as const;

export type FlowKind = (typeof flowKinds)[number];

/** One message of a flow as it was sent, with a placeholder for everything secret in it. */
export interface FlowStep {
  /** Grows with time; unique within a session. */
  id: number;
  /** ISO 8601. */
  at: string;
  from: FlowParty;
  to: FlowParty;
  kind: FlowKind;
  /** `POST /token`, or `200` for an answer. */
  line: string;
  /** What of its fields, parameters and members explains it: names and values. */
  fields: [string, string][];
}

/** A token that the server holds, without the part that would make it usable. */
export interface HeldToken {
  provider: string;
  kind: 'access_token' | 'id_token' | 'refresh_token';
  /** The resource it is for; empty where none was asked for. */
  resource: string;
  /** How many characters it has. */
  length: number;
  format: 'jwt' | 'opaque';
  header: Record<string, unknown> | null;
  payload: Record<string, unknown> | null;
  /** Whether its signature is the provider's, by the keys that it publishes; `unknown` where that cannot be said. */
  signature: 'valid' | 'invalid' | 'unknown' | 'none';
  scopes: string[];
  /** ISO 8601; null where nobody said. */
  receivedAt: string | null;
  expiresAt: string | null;
}

/** `GET /bff/diagnostics`, where the operator switched it on: never an encoded token, never a signature. */
export interface DiagnosticsView {
  tokens: HeldToken[];
  flow: FlowStep[];
}
