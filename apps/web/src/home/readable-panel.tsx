import { useEffect, useState } from 'react';
import { type Finding, type PageSearch, searchPage } from './page-search.ts';
import { thisPage } from './this-page.ts';

/** What JavaScript on this page can read, looked up again every other second and by the button. */
export function ReadablePanel() {
  const { search, lookAgain } = usePageSearch();
  return (
    <section className="readable" aria-labelledby="readable-title">
      <header>
        <h2 id="readable-title">What JavaScript on this page can read right now</h2>
        <button type="button" className="button quiet compact" onClick={lookAgain}>
          Look again
        </button>
      </header>
      <dl>
        {search?.findings.map((finding) => (
          <div key={finding.place}>
            <dt>
              <code>{finding.place}</code>
            </dt>
            <dd>{wordsFor(finding)}</dd>
          </div>
        ))}
        <div className={search === null || search.tokens === 0 ? 'verdict safe' : 'verdict bad'}>
          <dt>Tokens found</dt>
          <dd>
            <output data-testid="tokens-found">{search?.tokens ?? '…'}</output>
          </dd>
        </div>
      </dl>
      <p className="small soft">
        {search !== null && search.tokens > 0
          ? 'Something to steal: these would leave with the first injected script.'
          : 'Nothing to steal. The address, the history entry and the page’s HTML were searched as well. The session’s cookie is HttpOnly: script cannot even see that it is there.'}
      </p>
    </section>
  );
}

function wordsFor({ entries, readable }: Finding) {
  if (!readable) return 'not readable';
  if (entries.length === 0) return 'empty';
  return (
    <>
      {entries.length} {entries.length === 1 ? 'entry' : 'entries'}: <code>{entries.join(', ')}</code>
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
