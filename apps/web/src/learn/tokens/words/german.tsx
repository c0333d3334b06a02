import type { TokenWords } from './english.tsx';
import { checks } from './german-checks.ts';
import { meanings } from './german-claims.ts';

/** Everything that the page of the tokens says, in German. */
export const tokenGerman: TokenWords = {
  locale: 'de',
  documentTitle: 'Token · Coatcheck demo',
  title: 'Was in einem Token steckt',
  lead: 'Deine Token sind auf dem Server und bleiben dort. Diese Seite bekommt zu sehen, was darin steht, ohne die Signaturen, mit denen man sie benutzen könnte.',
  signInFirst: {
    title: 'Melde dich an, um deine eigenen zu sehen',
    text: 'Das Prüfen weiter unten geht auch ohne.',
  },
  held: {
    off: 'Dieser Server zeigt keine Token: `diagnostics` ist ausgeschaltet.',
    waiting: 'Der Server wird gefragt…',
    title: (name) =>
      name === undefined
        ? 'Die Token dieser Sitzung, auf dem Server'
        : `Die Token von ${name}, auf dem Server`,
    call: 'Die API aufrufen',
    callAdvice: 'Ist die Zeit fast um, füllt ein Aufruf sie wieder auf.',
    kinds: { access_token: 'Access-Token', id_token: 'ID-Token', refresh_token: 'Refresh-Token' },
    purposes: {
      access_token: 'Es öffnet die API. Das BFF fügt es jedem Aufruf hinzu, den es weitergibt.',
      id_token:
        'Es hat dem BFF gesagt, wer sich angemeldet hat. Niemand sonst bekommt es je, und es öffnet nichts.',
      refresh_token: 'Es holt neue Access-Token, darum ist es am meisten wert. Jeder Gebrauch ersetzt es.',
    },
    signatures: {
      valid: 'Signatur stimmt',
      invalid: 'Signatur stimmt nicht',
      unknown: 'Signatur nicht geprüft',
      none: 'Kein JWT',
    },
    origin: ({ provider, resource, length }) => (
      <>
        Von {provider}
        {resource !== '' && (
          <>
            {' '}
            für <code>{resource}</code>
          </>
        )}
        , {length} Zeichen, auf dem Server verwahrt. Die Signatur fehlt hier, damit sich mit dem, was du
        siehst, nichts anfangen lässt.
      </>
    ),
    noLife: 'Der Anbieter hat nicht gesagt, wie lange es gilt.',
    opaque:
      'Undurchsichtig: eine zufällige Zeichenkette, die nur dem Anbieter etwas sagt. Darin gibt es nichts zu lesen.',
    life: (name) => `Restzeit, ${name}`,
    over: 'Vorbei. Es hat seinen Dienst getan, oder der nächste Aufruf erneuert es.',
    left: (clock, total) => (
      <>
        noch {clock} von {total}
      </>
    ),
  },
  decoder: {
    title: 'Ein beliebiges JWT lesen und prüfen',
    lead: 'Es bleibt auf dieser Seite: Nichts wird irgendwohin geschickt, und nichts wird aufbewahrt. Oder beginne mit einem Beispiel:',
    examplesTitle: 'Beispiele',
    examples: {
      rs256: 'RS256, gültig',
      es256: 'ES256, gültig',
      eddsa: 'EdDSA, gültig',
      hs256: 'HS256, gültig',
      expired: 'Abgelaufen',
      audience: 'Falscher Empfänger',
      none: 'alg: none',
      changed: 'Unterwegs verändert',
      confused: 'HS256, wo RS256 sein muss',
    },
    token: 'Token',
    algorithm: 'Erlaubter Algorithmus',
    secret: 'Gemeinsames Geheimnis',
    key: 'Öffentlicher Schlüssel (JWK)',
    issuer: 'Erwarteter Aussteller',
    audience: 'Erwarteter Empfänger',
    empty: 'Füge ein Token ein oder wähle ein Beispiel. Das Urteil kommt hierher.',
    notJwt: 'Kein JWT',
    refused: 'Abgelehnt',
    open: 'Nicht entschieden',
    accepted: 'Angenommen',
    readable:
      'Jeder kann ein JWT lesen: Es ist kodiert, nicht verschlüsselt. Lesen beweist nichts; das tun erst die Signatur und die Prüfungen oben.',
  },
  table: { header: 'Header', payload: 'Payload', says: 'Sagt' },
  checks,
  meanings,
  otherMeaning: 'Etwas, das dieser Aussteller hinzugefügt hat.',
};
