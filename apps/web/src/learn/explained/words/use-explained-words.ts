import { useLanguage } from '../../../language/language.tsx';
import { type ExplainedWords, explainedEnglish } from './english.tsx';
import { explainedGerman } from './german.tsx';

/** The words of the page of the ideas in the language that is on. They come with the page. */
export function useExplainedWords(): ExplainedWords {
  return useLanguage().language === 'de' ? explainedGerman : explainedEnglish;
}
