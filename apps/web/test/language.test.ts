import { expect, test } from 'vitest';
import { english } from '../src/language/english.tsx';
import { createLanguageStore, type Surroundings } from '../src/language/language.tsx';

function browser(preferred: string[], chosen: string | null = null) {
  const seen = { chosen, announced: '' };
  const page: Surroundings = {
    preferred,
    recall: () => seen.chosen,
    remember: (choice) => {
      seen.chosen = choice;
    },
    announce: (language) => {
      seen.announced = language;
    },
  };
  return { page, seen };
}

test.each([
  [['de-AT', 'en'], null, 'de', 'de-AT'],
  [['fr', 'de', 'en'], null, 'de', 'de'],
  [['en-GB'], null, 'en', 'en-GB'],
  [['fr'], null, 'en', 'en'],
  [[], null, 'en', 'en'],
  [['en-US'], 'de', 'de', 'de'],
  [['en-US'], 'nonsense', 'en', 'en-US'],
])(
  'a browser that prefers %j and chose %j gets %s, with dates as in %s',
  async (preferred, chosen, language, locale) => {
    const { page, seen } = browser(preferred, chosen);
    const store = await createLanguageStore(page);
    expect(store.get()).toMatchObject({ language, locale });
    expect(seen.announced).toBe(language);
  },
);

test('a change is told, announced and remembered, and the way back leaves no trace', async () => {
  const { page, seen } = browser(['en-US']);
  const store = await createLanguageStore(page);
  let told = 0;
  const stop = store.subscribe(() => {
    told += 1;
  });
  await store.change('de');
  expect(store.get().texts.notes.title).toBe('Notizen');
  expect([seen.chosen, seen.announced, told]).toEqual(['de', 'de', 1]);
  stop();
  await store.change('en');
  expect(store.get().texts).toBe(english);
  expect([seen.chosen, seen.announced, told]).toEqual([null, 'en', 1]);
});
