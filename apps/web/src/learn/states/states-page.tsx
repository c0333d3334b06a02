import { pathsUnder, useSessionClient } from '@coatcheck/react';
import { useTexts } from '../../language/language.tsx';
import { stateGroups } from './states.ts';

/** Every failure that people can meet, in the words that they meet. */
export function StatesPage() {
  const texts = useTexts();
  const { basePath } = useSessionClient();
  return (
    <>
      <title>When something goes wrong · Coatcheck demo</title>
      <div className="stack">
        <h1>When something goes wrong</h1>
        <p>
          Each message says what happened, what is safe and what to do, and has a code that stays the same.
          Here they are side by side, made by the same parts of the app that show them.
        </p>
        <p className="small soft">
          Where no app is on the page, the BFF answers with{' '}
          <a href={`${pathsUnder(basePath).callback}/demo?state=unknown&code=unknown`}>a page of its own</a>.
        </p>
      </div>
      {stateGroups(texts).map(({ id, title, where, states }) => (
        <section key={id} className="stack" aria-labelledby={`${id}-title`}>
          <h2 id={`${id}-title`}>{title}</h2>
          <p className="soft">{where}</p>
          <ul className="plain pair wide">
            {states.map((state) => (
              <li key={state.code} className={id === 'endings' ? 'notice' : 'notice bad'}>
                <h3>{state.title}</h3>
                <p>{state.advice}</p>
                <p className="small soft">
                  {texts.shell.code} <code>{state.code}</code>
                </p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
