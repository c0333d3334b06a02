import { useLanguage } from '../../../language/language.tsx';
import { type TokenWords, tokenEnglish } from './english.tsx';
import { tokenGerman } from './german.tsx';

/** The words of the page of the tokens in the language that is on. They come with the page. */
export function useTokenWords(): TokenWords {
  return useLanguage().language === 'de' ? tokenGerman : tokenEnglish;
}
