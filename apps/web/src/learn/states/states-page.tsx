import { pathsUnder, useSessionClient } from '@coatcheck/react';
import { useTexts } from '../../language/language.tsx';
import { stateGroups } from './states.ts';
import { useStatesWords } from './words/use-states-words.ts';

/** Every failure that people can meet, in the words that they meet. */
export function StatesPage() {
  const texts = useTexts();
  const words = useStatesWords();
  const { basePath } = useSessionClient();
  return (
    <>
      <title>{`${words.title} · Coatcheck demo`}</title>
      <div className="stack">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
        <p className="small soft">
          {words.ownPage(`${pathsUnder(basePath).callback}/demo?state=unknown&code=unknown`)}
        </p>
      </div>
      {stateGroups(texts, words).map(({ id, title, where, states }) => (
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
