import type { Times } from '../scripting/script.ts';
import type { JwtDraft } from './jwt.ts';

/** What is being made when a change is asked. */
export interface Occasion {
  /** Of the token request, for what a token response brings. */
  grantType?: string;
  sub?: string;
}

/** Where the server lets a test change what it is about to send, and what the test gets into its hands. */
export interface ChangePoints {
  /** The ID token before it is signed; a string replaces the whole token. */
  idToken: JwtDraft;
  /** The JWT access token before it is signed. */
  accessToken: JwtDraft;
  /** The members of a successful token response. */
  tokenResponse: Record<string, unknown>;
  /** Both forms of the discovery document. */
  metadata: Record<string, unknown>;
  jwks: { keys: Record<string, unknown>[] };
  /** What goes to the redirect URI: repeat, drop, change, replace by an error. */
  authorizationResponse: URLSearchParams;
  /** The same as a JWT before it is signed (JARM); a string replaces the whole token. */
  signedResponse: JwtDraft;
  userinfo: Record<string, unknown>;
  /** The signed UserInfo answer before it is signed; a string replaces the whole token. */
  userinfoToken: JwtDraft;
  parResponse: Record<string, unknown>;
  introspection: Record<string, unknown>;
}

export type ChangePoint = keyof ChangePoints;

/** Changes a draft in place, or returns another value to be sent instead of it. */
export type Change<Draft> = (draft: Draft, occasion: Occasion) => unknown;

interface Entry {
  point: ChangePoint;
  left: number;
  apply: (draft: unknown, occasion: Occasion) => unknown;
}

/** The changes of one server. */
export interface Changes {
  add<Point extends ChangePoint>(point: Point, times: Times, change: Change<ChangePoints[Point]>): () => void;
  /** All that apply, in the order they were added. */
  apply<Point extends ChangePoint>(
    point: Point,
    draft: ChangePoints[Point],
    occasion?: Occasion,
  ): Promise<unknown>;
  clear(): void;
}

/** Starts without changes. */
export function createChanges(): Changes {
  let entries: Entry[] = [];
  return {
    add(point, times, change) {
      const left = times === 'once' ? 1 : times === 'always' ? Infinity : times;
      const entry: Entry = { point, left, apply: change as Entry['apply'] };
      entries.push(entry);
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
    async apply(point, draft, occasion = {}) {
      let value: unknown = draft;
      for (const entry of entries.filter((candidate) => candidate.point === point)) {
        if (entry.left <= 0) continue; // used up by a request that came at the same time
        entry.left -= 1;
        const replacement = await entry.apply(value, occasion);
        if (replacement !== undefined) value = replacement;
      }
      entries = entries.filter((entry) => entry.left > 0);
      return value;
    },
    clear() {
      entries = [];
    },
  };
}

/** A change that sets members; one that is undefined here is taken out. For metadata, token response, UserInfo. */
export function withMembers(members: Record<string, unknown>): Change<Record<string, unknown>> {
  return (draft) => assign(draft, members);
}

/** A change that answers an authorization request with an error (RFC 6749 §4.1.2.1). */
export function authorizationError(
  error: string,
  more: Record<string, string> = {},
): Change<URLSearchParams> {
  return (params) => {
    params.delete('code');
    params.set('error', error);
    for (const [name, value] of Object.entries(more)) params.set(name, value);
  };
}

export function assign(target: Record<string, unknown>, members: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) delete target[name];
    else target[name] = value;
  }
}
