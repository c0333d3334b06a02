import type { Texts } from './english.tsx';

const safe = 'Was du gespeichert hast, ist sicher.';
const unchanged = 'Du bist weiter angemeldet, und nichts wurde geändert.';

/** Dasselbe wie `english-failures.ts`, auf Deutsch. */
export const failures: Texts['failures'] = {
  endings: {
    'signed-out': { title: 'Du bist abgemeldet', advice: 'In diesem Browser ist nichts mehr von dir.' },
    expired: {
      title: 'Deine Sitzung ist zu Ende',
      advice: `${safe} Melde dich neu an, um weiterzumachen.`,
    },
    idle: {
      title: 'Du wurdest abgemeldet, weil eine Weile nichts geschah',
      advice: `${safe} Melde dich neu an, um weiterzumachen.`,
    },
    revoked: {
      title: 'Deine Sitzung wurde anderswo beendet',
      advice: `${safe} Melde dich neu an; warst du das nicht selbst, ändere zuerst dein Passwort.`,
    },
    'provider-logout': {
      title: 'Du hast dich beim Anbieter abgemeldet und damit auch hier',
      advice: `${safe} Melde dich an, wann immer du willst.`,
    },
    refused: {
      title: 'Der Anbieter hat deine Sitzung nicht verlängert',
      advice: `${safe} Melde dich neu an. Geht auch das nicht, wurde dir der Zugang vielleicht entzogen.`,
    },
    replaced: {
      title: 'Eine neuere Anmeldung ist an die Stelle dieser Sitzung getreten',
      advice: `${safe} Melde dich neu an, wenn du diese noch brauchst.`,
    },
  },
  stepUp: {
    declined: { title: 'Die Erlaubnis wurde nicht erteilt', advice: unchanged },
    notStrong: {
      title: 'Der Anbieter hat dich nicht neu oder nicht stark genug angemeldet',
      advice: unchanged,
    },
    somebodyElse: { title: 'Beim Anbieter hat sich jemand anderes angemeldet', advice: unchanged },
    changed: {
      title: 'Deine Sitzung hat sich inzwischen geändert, vielleicht in einem anderen Tab',
      advice: 'Versuche es noch einmal.',
    },
    notAllowed: { title: 'Dieses Konto hat hier keinen Zutritt', advice: unchanged },
    other: { title: 'Das hat beim Anbieter nicht geklappt', advice: unchanged },
  },
  login: {
    declined: {
      title: 'Du wurdest nicht angemeldet, denn die Anfrage wurde abgelehnt',
      advice: 'Nichts wurde geändert. Versuche es noch einmal und erlaube, worum diese Demo bittet.',
    },
    stale: {
      title: 'Diese Anmeldung gilt nicht mehr',
      advice: 'Sie hat zu lange gedauert oder wurde schon benutzt. Nichts wurde geändert; beginne von vorn.',
    },
    providerDown: {
      title: 'Der Anbieter ist nicht erreichbar',
      advice: 'Du hast nichts verloren. Warte einen Moment und versuche es noch einmal.',
    },
    missingScope: {
      title: 'Eine nötige Erlaubnis wurde nicht erteilt',
      advice: 'Niemand wurde angemeldet. Melde dich noch einmal an und erlaube es.',
    },
    notAllowed: {
      title: 'Dieses Konto hat hier keinen Zutritt',
      advice: 'Niemand wurde angemeldet. Nimm ein anderes Konto oder frage den Betreiber.',
    },
    noSession: {
      title: 'Du bist zurück, aber ohne Sitzung',
      advice:
        'Hast du dich angemeldet, sind hier vielleicht Cookies gesperrt: Erlaube sie und versuche es noch einmal.',
    },
    other: {
      title: 'Die Anmeldung hat nicht geklappt',
      advice:
        'Nichts wurde geändert. Versuche es noch einmal; bleibt es dabei, nenne dem Betreiber den Code.',
    },
  },
  call: {
    noAnswer: {
      title: 'Es kam keine Antwort',
      advice: 'Vielleicht ist die Verbindung weg. Nichts ging verloren; versuche es noch einmal.',
    },
    noSession: {
      title: 'Du bist nicht angemeldet',
      advice: 'Das BFF hat den Aufruf angehalten: Es gibt keine Sitzung dafür.',
    },
    consent: {
      title: 'Dafür fehlt noch eine Erlaubnis',
      advice: 'Nichts wurde geändert. Erteile sie beim Anbieter; du kommst hierher zurück.',
    },
    scope: {
      title: 'Deine Sitzung erlaubt das nicht',
      advice: 'Nichts wurde geändert. Melde dich neu an und erlaube es, wenn der Anbieter es dir anbietet.',
    },
    confirm: {
      title: 'Bestätige, wer du bist',
      advice:
        'Das macht die API nur kurz nach einer Anmeldung. Nichts wurde geändert; du kommst hierher zurück.',
    },
    connection: {
      title: 'Dafür braucht es ein weiteres Konto von dir',
      advice: 'Nichts wurde geändert. Verbinde das Konto; du kommst hierher zurück.',
    },
    badMoment: {
      title: 'Das ging gerade nicht',
      advice: 'Ein Teil des Dienstes antwortet nicht. Nichts ging verloren; versuche es gleich noch einmal.',
    },
    refused: { title: 'Der Server hat den Aufruf abgelehnt', advice: '' },
    input: { title: 'Die API konnte das nicht annehmen', advice: '' },
    token: {
      title: 'Die API hat den Aufruf nicht angenommen',
      advice: 'Du bist weiter angemeldet. Versuche es noch einmal; bleibt es dabei, melde dich ab und an.',
    },
    forbidden: {
      title: 'Die API lässt dich das nicht tun',
      advice: 'Nichts wurde geändert. Bitte um die Erlaubnis.',
    },
    gone: {
      title: 'Das ist nicht mehr da',
      advice: 'Vielleicht wurde es anderswo gelöscht. Lade die Liste neu.',
    },
    apiFailed: { title: 'Die API konnte es nicht', advice: '' },
  },
  remedies: { 'sign-in': 'Bestätigen, wer ich bin', consent: 'Erlauben', connection: 'Konto verbinden' },
  pages: {
    notFound: {
      title: 'Hier ist keine Seite',
      advice: 'Die Adresse ist vielleicht alt oder vertippt. Mit deiner Sitzung ist alles in Ordnung.',
    },
    notYours: {
      title: 'Diese Seite ist für die Verwaltung',
      advice:
        'Du bist angemeldet, aber ohne die nötige Rolle. Auch die API würde die Daten verweigern. In der Demo hat admin@example.test diese Rolle.',
    },
    unreachable: {
      title: 'Der Server kann nicht gefragt werden, wer du bist',
      advice: 'Vielleicht bist du noch angemeldet, und nichts ging verloren.',
    },
    broken: {
      title: 'Diese Seite ist kaputt',
      advice: 'Das ist ein Fehler der Demo. Deine Sitzung und was du gespeichert hast sind unberührt.',
      again: 'Von vorn beginnen',
    },
  },
};
