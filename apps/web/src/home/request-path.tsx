/** The four places and what travels between them: the whole idea on one picture. */
export function RequestPath() {
  return (
    <figure className="path">
      <div className="path-picture">
        <Place name="Browser" area="browser" holds="holds a ticket that script cannot read" mark="safe" />
        <Way area="left" label="ticket cookie" />
        <Place name="BFF" area="bff" holds="keeps the tokens, sealed" mark="strong" />
        <Way area="right" label="access token" />
        <Place name="API" area="api" holds="checks a token on each call" />
        <Way area="up" label="code + PKCE, refresh" />
        <Place name="Provider" area="provider" holds="knows who you are, issues the tokens" />
      </div>
      <figcaption className="small soft">
        The browser talks to one origin only. The BFF signs people in at the provider, and adds the access
        token when it passes a call on to the API.
      </figcaption>
    </figure>
  );
}

interface PlaceProps {
  name: string;
  area: string;
  holds: string;
  mark?: 'safe' | 'strong';
}

function Place({ name, area, holds, mark }: PlaceProps) {
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
