import { parsed, textOf } from '../http.ts';

export const victims = ['storage', 'coatcheck'] as const;
export type Victim = (typeof victims)[number];

/** A token in the attacker's hands, as the lab shows it: never whole, since the lab's page must not hold it either. */
export interface ShownToken {
  readonly kind: string;
  readonly beginning: string;
  readonly length: number;
  /** ISO 8601; null where the token does not say. */
  readonly usableUntil: string | null;
}

/** What reached the attacker's server, or what it did with that. */
export interface AttackerRecord {
  readonly id: number;
  readonly at: string;
  readonly from: Victim;
  readonly scenario: string;
  readonly text: string;
  readonly tokens: readonly ShownToken[];
}

/** The attacker's log and loot, in memory. */
export interface Records {
  add(record: Omit<AttackerRecord, 'id' | 'at'>): void;
  list(): readonly AttackerRecord[];
  keep(from: Victim, loot: Loot): void;
  lootOf(from: Victim): Loot;
  forget(): void;
}

export interface Loot {
  readonly accessToken?: string;
  readonly refreshToken?: string;
}

const mostRecords = 200;

export function createRecords(now: () => number): Records {
  let list: AttackerRecord[] = [];
  let last = 0;
  const loot = new Map<Victim, Loot>();
  return {
    add(record) {
      last += 1;
      list = [...list, { id: last, at: new Date(now()).toISOString(), ...record }].slice(-mostRecords);
    },
    list: () => list,
    keep: (from, found) => loot.set(from, { ...loot.get(from), ...found }),
    lootOf: (from) => loot.get(from) ?? {},
    forget() {
      list = [];
      loot.clear();
    },
  };
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
    ...(accessToken === undefined ? [] : [shown('access token', accessToken)]),
    ...(refreshToken === undefined ? [] : [shown('refresh token', refreshToken)]),
  ];
}

function shown(kind: string, token: string): ShownToken {
  const { exp } = parsed(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const usableUntil = typeof exp === 'number' ? new Date(exp * 1_000).toISOString() : null;
  return { kind, beginning: textOf(token.slice(0, 6)), length: token.length, usableUntil };
}
