import { useTexts } from '../language/language.tsx';

/** The four places and what travels between them: the whole idea on one picture. */
export function RequestPath() {
  const { path } = useTexts().home;
  return (
    <figure className="path">
      <div className="path-picture">
        <Place words={path.browser} area="browser" mark="safe" />
        <Way area="left" label={path.cookie} />
        <Place words={path.bff} area="bff" mark="strong" />
        <Way area="right" label={path.token} />
        <Place words={path.api} area="api" />
        <Way area="up" label={path.code} />
        <Place words={path.provider} area="provider" />
      </div>
      <figcaption className="small soft">{path.caption}</figcaption>
    </figure>
  );
}

interface PlaceProps {
  /** Name, and what it holds. */
  words: string[];
  area: string;
  mark?: 'safe' | 'strong';
}

function Place({ words: [name, holds], area, mark }: PlaceProps) {
  return (
    <div className={`place at-${area} ${mark ?? ''}`}>
      <strong>{name}</strong>
      <span className="small">{holds}</span>
    </div>
  );
}

function Way({ area, label }: { area: string; label: string }) {
  return (
    <div className={`way at-${area}`}>
      <span className="small mono">{label}</span>
    </div>
  );
}
