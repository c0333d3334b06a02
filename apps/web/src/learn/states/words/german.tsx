import type { StatesWords } from './english.tsx';

/** What the page of failures says around them, in German. */
export const statesGerman: StatesWords = {
  title: 'Wenn etwas schiefgeht',
  lead: 'Jede Meldung sagt, was geschah, was sicher ist und was zu tun ist, und hat einen Code, der immer gleich bleibt. Hier stehen sie nebeneinander, gemacht von denselben Teilen der App, die sie auch sonst zeigen.',
  ownPage: (address) => (
    <>
      Wo keine App auf der Seite ist, antwortet das BFF mit <a href={address}>einer eigenen Seite</a>.
    </>
  ),
  groups: {
    endings: {
      title: 'Die Sitzung ging zu Ende',
      where: 'Steht auf der Seite, auf der jemand war; was gerade geschrieben wurde, bleibt dort erhalten.',
    },
    logins: {
      title: 'Die Anmeldung hat nicht geklappt',
      where: 'Der Anbieter oder das BFF schickt Menschen zurück, mit dem Code in der Adresse.',
    },
    'step-ups': {
      title: 'Bestätigen, Erlauben oder Verbinden hat nicht geklappt',
      where: 'Die Sitzung geht weiter wie vorher.',
    },
    calls: {
      title: 'Ein Aufruf wurde abgelehnt oder bekam keine Antwort',
      where: 'Steht neben dem, was gedrückt wurde. Niemand wird davon abgemeldet.',
    },
  },
};
