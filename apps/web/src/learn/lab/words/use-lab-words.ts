import { useLanguage } from '../../../language/language.tsx';
import { type LabWords, labEnglish } from './english.ts';
import { labGerman } from './german.ts';

/** The lab's words in the language that is on. They come with the lab, which few open. */
export function useLabWords(): LabWords {
  return useLanguage().language === 'de' ? labGerman : labEnglish;
}
