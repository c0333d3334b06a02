import { useLanguage } from '../../../language/language.tsx';
import { type FlowWords, flowEnglish } from './english.tsx';
import { flowGerman } from './german.tsx';

/** The words of the flow in the language that is on. They come with its page. */
export function useFlowWords(): FlowWords {
  return useLanguage().language === 'de' ? flowGerman : flowEnglish;
}
