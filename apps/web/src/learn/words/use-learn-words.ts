import { useLanguage } from '../../language/language.tsx';
import { type LearnWords, learnEnglish } from './english.ts';
import { learnGerman } from './german.ts';

/** The words in the language that is on. They come with the pages that explain, never before. */
export function useLearnWords(): LearnWords {
  return useLanguage().language === 'de' ? learnGerman : learnEnglish;
}
