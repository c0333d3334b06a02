import { createContext, type ReactNode, use, useSyncExternalStore } from 'react';
import type { Texts } from './english.tsx';

export type Language = 'en' | 'de';

/** The language of the page and its texts. */
export interface Speech {
  readonly language: Language;
  /** For dates and numbers: the browser's own variety of the language, for example `en-GB`. */
  readonly locale: string;
  readonly texts: Texts;
}

export interface LanguageStore {
  get(): Speech;
  subscribe(listener: () => void): () => void;
  /** Loads the texts, then changes the page over. */
  change(language: Language): Promise<void>;
}

/** What of the browser it needs; tests stand in for it. */
export interface Surroundings {
  readonly preferred: readonly string[];
  /** Null where nobody chose. */
  recall(): string | null;
  remember(choice: Language | null): void;
  /** Tells the document, and by it screen readers and hyphenation. */
  announce(language: Language): void;
}

/** Starts with what was chosen here before, else with the first language of the browser that there is. */
export async function createLanguageStore(page: Surroundings): Promise<LanguageStore> {
  const own = languageOf(page.preferred);
  const listeners = new Set<() => void>();
  let speech = await speechFor(languageNamed(page.recall()) ?? own, page.preferred);
  page.announce(speech.language);
  return {
    get: () => speech,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async change(language) {
      speech = await speechFor(language, page.preferred);
      // Who goes back to the browser's own language leaves no trace in it.
      page.remember(language === own ? null : language);
      page.announce(language);
      for (const listener of listeners) listener();
    },
  };
}

async function speechFor(language: Language, preferred: readonly string[]): Promise<Speech> {
  const locale = preferred.find((tag) => languageNamed(tag) === language) ?? language;
  const texts =
    language === 'de' ? (await import('./german.tsx')).german : (await import('./english.tsx')).english;
  return { language, locale, texts };
}

function languageOf(preferred: readonly string[]): Language {
  return preferred.map(languageNamed).find((language) => language !== null) ?? 'en';
}

/** @param tag BCP 47, for example `de-AT` */
function languageNamed(tag: string | null): Language | null {
  const [primary] = tag?.toLowerCase().split('-') ?? [];
  return primary === 'en' || primary === 'de' ? primary : null;
}

const LanguageContext = createContext<LanguageStore | null>(null);

export function LanguageProvider({ store, children }: { store: LanguageStore; children: ReactNode }) {
  return <LanguageContext value={store}>{children}</LanguageContext>;
}

/** The language now, and how to change it. */
export function useLanguage(): Speech & Pick<LanguageStore, 'change'> {
  const store = use(LanguageContext);
  if (store === null) throw new Error('No <LanguageProvider> above this component.');
  return { ...useSyncExternalStore(store.subscribe, store.get), change: store.change };
}

/** The texts of the language that is on. */
export function useTexts(): Texts {
  return useLanguage().texts;
}
