import { Link } from 'react-router';
import type { ExplainedWords } from './english.tsx';

/** Everything that the page of the ideas says, in German. */
export const explainedGerman: ExplainedWords = {
  documentTitle: 'JWT und OAuth erklärt · Coatcheck demo',
  title: 'JWT und OAuth, erklärt an deiner eigenen Sitzung',
  lead: 'Links die Idee, rechts, was sie für dich gerade ist.',
  signInFirst: 'Melde dich an, um die rechte Seite zu füllen',
  identity: {
    title: 'Authentifizierung und Autorisierung',
    idea: (
      <>
        <p>
          <strong>Authentifizierung</strong> heißt: wer du bist. Du hast es dem Anbieter mit einem Passwort
          nachgewiesen, und der Anbieter hat es dem BFF in einem <em>ID-Token</em> gesagt. Das ist OpenID
          Connect.
        </p>
        <p>
          <strong>Autorisierung</strong> heißt: was in deinem Namen geschehen darf. Das sagt der API das{' '}
          <em>Access-Token</em>. Das ist OAuth 2.0. Ein Access-Token beweist nicht, wer an der Tastatur sitzt,
          und ein ID-Token öffnet keine API.
        </p>
      </>
    ),
    user: 'Du bist',
    provider: 'sagt',
    methods: 'nachgewiesen mit',
    notSaid: 'nicht gesagt',
    scopes: 'Diese App darf',
  },
  parties: {
    title: 'Wer ist wer in OAuth',
    idea: (
      <>
        <p>
          Du bist der <strong>Resource Owner</strong>: Die Notizen gehören dir. Der <strong>Client</strong>{' '}
          will in deinem Namen an sie heran; hier ist das das BFF, das ein Geheimnis bewahren kann, und nicht
          die Seite, die es nicht kann.
        </p>
        <p>
          Der <strong>Authorization Server</strong> kennt dich und gibt die Token aus. Der{' '}
          <strong>Resource Server</strong> ist die API, die sie annimmt.{' '}
          <Link to="/learn/flow">Sieh ihnen beim Reden zu.</Link>
        </p>
      </>
    ),
    owner: 'Resource Owner',
    client: 'Client',
    bff: (origin) => `das BFF unter ${origin}`,
    provider: 'Authorization Server',
    api: 'Resource Server',
    apiBehind: (origin) => `die API hinter ${origin}/api`,
    page: 'Diese Seite',
    none: 'nichts davon: Sie hat eine Marke',
  },
  jwt: {
    title: 'Was in einem JWT steckt',
    idea: (
      <>
        <p>
          Ein JSON Web Token sind drei Teile zwischen Punkten: ein <strong>Header</strong> (wie es signiert
          ist), eine <strong>Payload</strong> (was es sagt) und eine <strong>Signatur</strong>. Die ersten
          beiden kann jeder lesen. Den dritten kann nur der Aussteller herstellen. Wer das Token annimmt,
          prüft ihn, und dann, ob es für ihn bestimmt ist und noch gilt.
        </p>
        <p>
          Schreib also nie ein Geheimnis hinein, und glaube keinem, das du nicht geprüft hast.{' '}
          <Link to="/learn/tokens">Zerlege ein paar.</Link>
        </p>
      </>
    ),
    waiting: 'Der Server wird gefragt…',
    opaque: 'Das Access-Token ist kein JWT.',
    yours: (characters) => `Aus deinem Access-Token, ${characters} Zeichen lang:`,
  },
  expiry: {
    title: 'Ablauf und Erneuerung',
    idea: (
      <>
        <p>
          Niemand kann ein JWT zurückrufen: Es gilt, bis es <strong>abläuft</strong>. Darum leben Access-Token
          nur Minuten. Das <strong>Refresh-Token</strong> holt das nächste, wird jedes Mal ersetzt (Rotation)
          und lässt sich widerrufen.
        </p>
        <p>
          Im Browser hilft die Rotation wenig: Wer ein Refresh-Token gestohlen hat, stiehlt auch das nächste
          oder benutzt es, wenn du weg bist. Auf dem Server gibt es nichts zu stehlen, und mit der Sitzung
          endet alles.
        </p>
      </>
    ),
    token: 'Access-Token',
    endless: 'kein Ende bekannt',
    renewed: (within) => `wird erneuert innerhalb von ${within}`,
    idle: 'Sitzung, wenn du nichts tust',
    end: 'Sitzung, spätestens',
  },
  rights: {
    title: 'Scopes und Rollen',
    idea: (
      <p>
        <strong>Scopes</strong> sind, was du dieser App erlaubt hast, von dem, was du selbst darfst.{' '}
        <strong>Rollen</strong> sind, was du bist. Die API fragt nach beidem: Ein Scope, den du einer App
        gibst, macht niemanden zum Administrator, und die App eines Administrators darf nur, was ihr erlaubt
        wurde.
      </p>
    ),
    scopes: 'Scopes',
    roles: 'Rollen',
    none: 'keine',
    users: 'Die Liste der Benutzer',
    yours: 'darfst du sehen',
    notYours: 'nicht für dich: Rolle admin',
  },
};
