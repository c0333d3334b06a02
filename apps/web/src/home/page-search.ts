/** What script found in one of the browser's places. */
export interface Finding {
  place: string;
  /** Names of what is there; the values are searched, not shown. */
  entries: string[];
  /** False where the browser does not let script look. */
  readable: boolean;
}

export interface PageSearch {
  findings: Finding[];
  tokens: number;
}

/** Where script can look. The page itself, in the app; something planted, in tests. */
export interface Places {
  cookie(): string;
  localStorage(): Storage;
  sessionStorage(): Storage;
  databases(): Promise<{ name: string; text: string }[]>;
  /** Address, history entry and markup: not listed, but searched as well. */
  elsewhere(): string;
}

/** Does what injected script would do first: reads everything within reach and looks for tokens in it. */
export async function searchPage(places: Places): Promise<PageSearch> {
  const found = [
    look('document.cookie', () => cookiesOf(places.cookie())),
    look('localStorage', () => entriesOf(places.localStorage())),
    look('sessionStorage', () => entriesOf(places.sessionStorage())),
    await lookLater('IndexedDB', async () =>
      (await places.databases()).map(({ name, text }) => [name, text] as const),
    ),
  ];
  const texts = [...found.flatMap(({ contents }) => contents.flat()), places.elsewhere()];
  return {
    findings: found.map(({ place, contents, readable }) => ({
      place,
      readable,
      entries: contents.map(([name]) => name),
    })),
    tokens: countTokens(texts),
  };
}

/** Anything in the form of a JWT, and anything kept under the name of a token. */
export function countTokens(texts: string[]): number {
  const jwt = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;
  const named = /\b(?:access|refresh|id)_?token\b["'=:\s]{1,6}[\w.~+/-]{16,}/gi;
  const found = texts.flatMap((text) => [
    ...(text.match(jwt) ?? []),
    ...(text.replace(jwt, '').match(named) ?? []),
  ]);
  return new Set(found).size;
}

type Contents = (readonly [name: string, value: string])[];
type Look = { place: string; contents: Contents; readable: boolean };

function look(place: string, read: () => Contents): Look {
  try {
    return { place, contents: read(), readable: true };
  } catch {
    return { place, contents: [], readable: false };
  }
}

async function lookLater(place: string, read: () => Promise<Contents>): Promise<Look> {
  try {
    return { place, contents: await read(), readable: true };
  } catch {
    return { place, contents: [], readable: false };
  }
}

function cookiesOf(header: string): Contents {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => [pair.split('=')[0] ?? '', pair] as const);
}

function entriesOf(storage: Storage): Contents {
  return Object.keys(storage).map((key) => [key, `${key}=${storage.getItem(key) ?? ''}`] as const);
}
