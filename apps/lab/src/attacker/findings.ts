import { parsed } from '../http.ts';

export const victims = ['storage', 'memory', 'coatcheck'] as const;
export type Victim = (typeof victims)[number];

export const scenarios = ['single', 'proxy', 'persistent', 'frame', 'logout', 'csrf'] as const;
export type ScenarioId = (typeof scenarios)[number];

/** How the script came by what it sent. */
export const ways = ['storage', 'overheard', 'renewed', 'frame', 'page', 'call'] as const;
export type Way = (typeof ways)[number];

/** A token in the attacker's hands, as the lab shows it: never whole, since the lab's page must not hold it either. */
export interface ShownToken {
  readonly kind: 'access_token' | 'refresh_token';
  readonly beginning: string;
  readonly length: number;
  /** ISO 8601; null where the token does not say. */
  readonly usableUntil: string | null;
}

/** What the API said to a stolen token, called from the attacker's machine. */
export interface ApiAnswer {
  readonly status: number;
  /** Whom it took the caller for; null where it refused. */
  readonly name: string | null;
}

/** What reached the attacker's server, or what came of using it. The lab's page has the words. */
export type Finding =
  | {
      readonly what: 'tokens';
      readonly way: Way;
      readonly tokens: readonly ShownToken[];
      readonly answer: ApiAnswer | null;
    }
  /** Everything that script could read, and no token in it. @property readable characters */
  | { readonly what: 'nothing'; readonly way: Way; readonly readable: number }
  /** What the API told the victim. */
  | { readonly what: 'data'; readonly name: string; readonly email: string }
  /** Tried to redeem a code in the app's name. */
  | { readonly what: 'code-refused'; readonly status: number; readonly error: string }
  /** New tokens for a stolen refresh token. */
  | { readonly what: 'renewed'; readonly tokens: readonly ShownToken[]; readonly answer: ApiAnswer }
  | { readonly what: 'renewal-refused'; readonly status: number; readonly error: string }
  | { readonly what: 'no-loot' }
  /** A page of another site sent a form; its answer is not for that page to read. */
  | { readonly what: 'form-sent' };

export interface Loot {
  readonly accessToken?: string;
  readonly refreshToken?: string;
}

/** Looks for tokens in whatever was sent: by name, as every token thief does, and by the form of a JWT. */
export function tokensIn(text: string): Loot {
  const plain = text.replaceAll('\\', '');
  const access = /"access_token":"([^"]+)"/.exec(plain)?.[1] ?? /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(plain)?.[0];
  const refresh = /"refresh_token":"([^"]+)"/.exec(plain)?.[1];
  return {
    ...(access !== undefined && { accessToken: access }),
    ...(refresh !== undefined && { refreshToken: refresh }),
  };
}

export function shownTokens({ accessToken, refreshToken }: Loot): ShownToken[] {
  return [
    ...(accessToken === undefined ? [] : [shown('access_token', accessToken)]),
    ...(refreshToken === undefined ? [] : [shown('refresh_token', refreshToken)]),
  ];
}

function shown(kind: ShownToken['kind'], token: string): ShownToken {
  const { exp } = parsed(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const usableUntil = typeof exp === 'number' ? new Date(exp * 1_000).toISOString() : null;
  return { kind, beginning: token.slice(0, 6), length: token.length, usableUntil };
}
