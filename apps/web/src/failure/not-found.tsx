import { useTexts } from '../language/language.tsx';
import { PageLink } from '../shell/page-link.tsx';

export function NotFound() {
  const { failures, shell } = useTexts();
  const { title, advice } = failures.pages.notFound;
  return (
    <div className="stack">
      <title>{`${title} · Coatcheck demo`}</title>
      <h1>{title}</h1>
      <p>{advice}</p>
      <PageLink to="/" className="button">
        {shell.toStart}
      </PageLink>
    </div>
  );
}
