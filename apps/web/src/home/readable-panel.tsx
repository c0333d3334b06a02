import { useEffect, useState } from 'react';
import type { Texts } from '../language/english.tsx';
import { useTexts } from '../language/language.tsx';
import { type Finding, type PageSearch, searchPage } from './page-search.ts';
import { thisPage } from './this-page.ts';

/** What JavaScript on this page can read, looked up again every other second and by the button. */
export function ReadablePanel() {
  const { search, lookAgain } = usePageSearch();
  const { readable } = useTexts().home;
  return (
    <section className="readable" aria-labelledby="readable-title">
      <header>
        <h2 id="readable-title">{readable.title}</h2>
        <button type="button" className="button quiet compact" onClick={lookAgain}>
          {readable.again}
        </button>
      </header>
      <dl>
        {search?.findings.map((finding) => (
          <div key={finding.place}>
            <dt>
              <code>{finding.place}</code>
            </dt>
            <dd>{wordsFor(finding, readable)}</dd>
          </div>
        ))}
        <div className={search === null || search.tokens === 0 ? 'verdict safe' : 'verdict bad'}>
          <dt>{readable.found}</dt>
          <dd>
            <output data-testid="tokens-found">{search?.tokens ?? '…'}</output>
          </dd>
        </div>
      </dl>
      <p className="small soft">{search !== null && search.tokens > 0 ? readable.bad : readable.safe}</p>
    </section>
  );
}

function wordsFor({ entries, readable }: Finding, words: Texts['home']['readable']) {
  if (!readable) return words.notReadable;
  if (entries.length === 0) return words.empty;
  return (
    <>
      {words.entries(entries.length)} <code>{entries.join(', ')}</code>
    </>
  );
}

function usePageSearch() {
  const [search, setSearch] = useState<PageSearch | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    const look = async () => {
      const next = await searchPage(thisPage);
      if (isCurrent) setSearch((before) => (isSame(before, next) ? before : next));
    };
    void look();
    const timer = setInterval(() => void look(), 2_000);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [round]);
  return { search, lookAgain: () => setRound((before) => before + 1) };
}

function isSame(before: PageSearch | null, next: PageSearch): boolean {
  return JSON.stringify(before) === JSON.stringify(next);
}
