import { loginErrorParameter } from '@coatcheck/client';
import { useSearchParams } from 'react-router';
import { useTexts } from '../language/language.tsx';
import { wordsForFailedStepUp } from './ending-texts.ts';

/** Somebody who is signed in comes back from the provider, where what was asked for did not work out. */
export function FailedStepUp() {
  const [search, setSearch] = useSearchParams();
  const texts = useTexts();
  const failure = search.get(loginErrorParameter);
  if (failure === null) return null;
  const { title, advice } = wordsForFailedStepUp(failure, texts);
  return (
    <section className="notice bad" role="alert">
      <h2>{title}</h2>
      <p>{advice}</p>
      <p className="small soft">
        {texts.shell.code} <code>{failure}</code>
      </p>
      <button
        type="button"
        className="button quiet compact"
        onClick={() => {
          search.delete(loginErrorParameter);
          setSearch(search, { replace: true });
        }}
      >
        {texts.shell.dismiss}
      </button>
    </section>
  );
}
