import { useLanguage } from '../../../language/language.tsx';
import { type StatesWords, statesEnglish } from './english.tsx';
import { statesGerman } from './german.tsx';

/** The page's words in the language that is on. They come with the page. */
export function useStatesWords(): StatesWords {
  return useLanguage().language === 'de' ? statesGerman : statesEnglish;
}
