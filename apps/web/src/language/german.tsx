import type { Texts } from './english.tsx';
import { failures } from './german-failures.ts';

/** Alles, was die App sagt, auf Deutsch. */
export const german: Texts = {
  failures,
  shell: {
    skip: 'Zum Inhalt',
    main: 'Hauptmenü',
    home: 'Start',
    notes: 'Notizen',
    learn: 'Verstehen',
    admin: 'Verwaltung',
    profile: 'Profil',
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    signingOut: 'Wird abgemeldet…',
    otherLanguage: { code: 'en', name: 'English' },
    moment: 'Einen Moment…',
    loadingPage: 'Die Seite wird geladen…',
    tryAgain: 'Noch einmal',
    dismiss: 'Schließen',
    cancel: 'Abbrechen',
    code: 'Code:',
    toStart: 'Zum Start',
    keyboard: 'Tastenkürzel',
    footer: (
      <>
        Die Demo von <strong>Coatcheck</strong>, einem Backend-for-Frontend: Token bleiben auf dem Server (RFC
        10017).
      </>
    ),
    offline: {
      title: 'Du bist offline',
      advice: 'Was du siehst, kann veraltet sein. Was du schreibst, bleibt hier, bis du zurück bist.',
    },
    stale: {
      title: 'Die Sitzung ließ sich gerade nicht prüfen',
      advice: 'Du bist weiter angemeldet, und nichts ging verloren.',
      again: 'Noch einmal prüfen',
    },
    expiry: {
      idleTitle: 'Bist du noch da?',
      endTitle: 'Deine Sitzung geht gleich zu Ende',
      idle: 'Eine Weile geschah nichts, darum wirst du gleich abgemeldet.',
      end: 'Speichere, woran du arbeitest. Danach musst du dich neu anmelden.',
      left: 'Restzeit: ',
      stay: 'Angemeldet bleiben',
      again: 'Neu anmelden',
    },
  },
  signIn: {
    title: 'Anmelden',
    lead: 'Wähle, wer für dich bürgt. Dein Passwort geht dorthin, und weder das Passwort noch ein Token kommt auf diese Seite.',
    ways: 'Wege zur Anmeldung',
    continueWith: (name) => `Weiter mit ${name}`,
    others: 'Andere Wege zur Anmeldung',
    all: 'Alle Wege zur Anmeldung',
    emulated:
      'Google, GitHub und Facebook werden auf diesem Rechner nachgestellt, außer du hast die Demo mit Zugangsdaten der echten gestartet.',
    comesBack: (path) => (
      <>
        Danach kommst du zurück zu <code>{path}</code>.
      </>
    ),
    already: (name) => `Du bist angemeldet als ${name}`,
    alreadyAdvice: 'Um das Konto zu wechseln, melde dich zuerst ab.',
    goOn: 'Weiter',
    needed: 'Melde dich an, um diese Seite zu sehen',
    neededAdvice: 'Es geht darin um dich, darum muss sie wissen, wer du bist.',
    onceMore: 'Neu anmelden',
    again: {
      kept: 'Was du geschrieben hast, bleibt in diesem Tab.',
      stays: 'Melde dich in einem kleinen Fenster neu an, und diese Seite macht weiter, wo sie war.',
      waits: 'Es wird gespeichert, sobald du in einem kleinen Fenster neu angemeldet bist.',
      open: 'Neu anmelden',
      elsewhere: 'Mach im kleinen Fenster weiter. Ist es weg, öffne es noch einmal.',
      giveUp: 'Nicht speichern',
      notSent: {
        title: 'Jemand anderes hat sich angemeldet',
        advice: 'Was auf das Speichern wartete, wurde nicht gesendet und ist von dieser Seite verschwunden.',
      },
    },
    waiting: 'Welche Anbieter gibt es?…',
  },
  home: {
    title: ['Deine Single-Page-App meldet Menschen an.', 'Der Browser sieht nie ein Token.'],
    lead: 'Die Token bleiben auf dem Server, der sie deinen API-Aufrufen mitgibt. Der Browser hat nur ein Cookie, das kein Skript lesen kann.',
    signIn: 'Als Demo-Person anmelden',
    lab: 'Zum Angriffslabor',
    welcome: (name, notes, profile) => (
      <>
        Du bist angemeldet als <strong>{name}</strong>, und die Tafel unten hat sich nicht verändert. Schreib
        ein paar <a href={notes}>Notizen</a> oder sieh dir deine <a href={profile}>Sitzung</a> an.
      </>
    ),
    readable: {
      title: 'Was JavaScript auf dieser Seite gerade lesen kann',
      again: 'Noch einmal suchen',
      notReadable: 'nicht lesbar',
      empty: 'leer',
      entries: (count) => (count === 1 ? '1 Eintrag:' : `${count} Einträge:`),
      found: 'Gefundene Token',
      safe: 'Nichts zu stehlen. Auch die Adresse, der Verlaufseintrag und das HTML der Seite wurden durchsucht. Das Cookie der Sitzung ist HttpOnly: Skript sieht nicht einmal, dass es da ist.',
      bad: 'Es gibt etwas zu stehlen: Das nähme das erste eingeschleuste Skript mit.',
    },
    path: {
      browser: ['Browser', 'hat eine Marke, die Skript nicht lesen kann'],
      bff: ['BFF', 'verwahrt die Token, versiegelt'],
      api: ['API', 'prüft bei jedem Aufruf ein Token'],
      provider: ['Anbieter', 'weiß, wer du bist, gibt die Token aus'],
      cookie: 'Marken-Cookie',
      token: 'Access-Token',
      code: 'Code + PKCE, Refresh',
      caption:
        'Der Browser spricht nur mit einem Ursprung. Das BFF meldet Menschen beim Anbieter an und fügt das Access-Token hinzu, wenn es einen Aufruf an die API weitergibt.',
    },
    call: {
      title: 'Die API aufrufen',
      text: (
        <>
          <code>fetch('/api/me')</code>, ohne irgendein Token. Die API antwortet mit dem, was sie vom Aufrufer
          sah.
        </>
      ),
      button: '/api/me aufrufen',
      busy: 'Wird aufgerufen…',
      seen: 'Was die API sah',
    },
    accounts: {
      title: 'Zwei Demo-Konten',
      alice: 'schreibt Notizen',
      admin: 'sieht auch die Liste der Benutzer',
      password: (
        <>
          Das Passwort beider ist <code>coatcheck</code>. Es gibt sie nur auf diesem Rechner.
        </>
      ),
      others:
        'Auch Google, GitHub und Facebook werden hier nachgestellt, mit eigenen Konten, außer du hast die Demo mit Zugangsdaten der echten gestartet.',
    },
  },
  notes: {
    title: 'Notizen',
    create: 'Neue Notiz',
    search: 'Notizen durchsuchen',
    searchHint: 'Suchen',
    found: (count, text) => (count === 1 ? `1 Notiz mit „${text}“` : `${count} Notizen mit „${text}“`),
    notFound: (text) => `Keine Notiz mit „${text}“`,
    notFoundAdvice: 'Titel und Texte wurden durchsucht.',
    clearSearch: 'Alle Notizen zeigen',
    none: 'Du hast noch keine Notizen.',
    noneAdvice: 'Schreib auf, was nicht verloren gehen soll: Es wird nur für dich aufbewahrt.',
    readOnly: (
      <>
        Du kannst deine Notizen lesen. Zum Schreiben braucht es die Erlaubnis <code>notes:write</code>, die
        diese Sitzung nicht hat: Beim Speichern wirst du darum gebeten.
      </>
    ),
    loading: 'Deine Notizen werden geladen…',
    older: 'Ältere Notizen',
    loadingMore: 'Wird geladen…',
    formNew: 'Neue Notiz',
    formEdit: 'Notiz ändern',
    titleField: 'Titel',
    textField: 'Text',
    save: 'Speichern',
    saving: 'Wird gespeichert…',
    changed: (when) => `Geändert ${when}`,
    edit: 'Ändern',
    remove: 'Löschen',
    removed: (title) => `„${title}“ ist gelöscht`,
    undo: 'Rückgängig',
    undone: (title) => `„${title}“ ist zurück`,
    saved: (title) => `„${title}“ ist gespeichert`,
    tooLate: 'Zehn Minuten lang lässt sie sich zurückholen.',
    removeAll: 'Alle Notizen löschen',
    removeAllTitle: 'Alle deine Notizen löschen?',
    removeAllAdvice: 'Sie lassen sich nicht zurückholen.',
    keepAll: 'Behalten',
    yesAll: 'Alle löschen',
    draftKept: 'Was du schreibst, bleibt in diesem Tab, bis du speicherst oder abbrichst.',
  },
  shortcuts: {
    title: 'Tastenkürzel',
    close: 'Schließen',
    rows: [
      ['n', 'Neue Notiz schreiben (auf der Seite der Notizen)'],
      ['/', 'Notizen durchsuchen'],
      ['Strg Enter', 'Die Notiz speichern, an der du schreibst'],
      ['Esc', 'Schreiben abbrechen'],
      ['g h', 'Zum Start'],
      ['g n', 'Zu den Notizen'],
      ['g p', 'Zu deinem Profil'],
      ['?', 'Diese Liste zeigen'],
    ],
  },
  profile: {
    title: 'Deine Sitzung',
    withProvider: (name) => `Sitzung mit ${name}`,
    since: (when) => `Seit ${when}`,
    goodFor: 'Gilt noch',
    number: 'Nr.',
    life: 'Verbleibende Zeit der Sitzung',
    times: {
      title: 'Was wann abläuft',
      idle: 'Wenn du nichts tust, endet die Sitzung in',
      end: 'Was du auch tust, sie endet in',
      token: 'Das BFF erneuert seinen Zugang zur API innerhalb von',
      stay: 'Angemeldet bleiben',
      extended: (when) => `Gilt bis ${when}, auch ohne einen weiteren Klick.`,
      failed: 'Das hat den Server nicht erreicht. Versuche es noch einmal.',
    },
    accounts: {
      title: 'Deine Konten',
      waiting: 'Welche Anbieter gibt es?…',
      own: 'Damit hast du dich angemeldet',
      connected: 'Verbunden',
      notConnected: 'Nicht verbunden',
      connect: 'Verbinden',
      disconnect: 'Trennen',
      disconnected: (name) => `${name} ist getrennt.`,
    },
    devices: {
      title: 'Wo du angemeldet bist',
      waiting: 'Deine Sitzungen werden geholt…',
      here: 'Dieses hier',
      seen: (since, last) => `Angemeldet ${since}, zuletzt gesehen ${last}`,
      justNow: 'gerade eben',
      signOut: 'Abmelden',
      which: (device, since) => `: ${device}, angemeldet ${since}`,
      isOut: (device) => `${device} ist abgemeldet.`,
      othersOut: (count) =>
        count === 1 ? 'Eine andere Sitzung ist beendet.' : `${count} andere Sitzungen sind beendet.`,
      nowhere: 'Sonst bist du nirgends angemeldet.',
      others: 'Überall sonst abmelden',
      othersTitle: (count) =>
        count === 1 ? 'Die andere Sitzung beenden?' : `Die ${count} anderen Sitzungen beenden?`,
      othersAdvice: 'Dort ist dann eine neue Anmeldung nötig; diese hier bleibt.',
      yes: 'Ja, abmelden',
      everywhere: 'Überall abmelden, auch hier',
      everywhereTitle: 'Überall abmelden?',
      everywhereAdvice: 'Alle deine Sitzungen enden, auf jedem Gerät, und diese mit ihnen.',
      place:
        'Wo auf der Welt eine Sitzung benutzt wird, steht hier nicht: Das BFF merkt sich keine Adressen.',
    },
    grants: {
      title: 'Was diese Sitzung darf',
      provider: 'Anbieter',
      subject: 'Subject',
      email: 'E-Mail',
      roles: 'Rollen',
      scopes: 'Scopes',
      methods: 'Angemeldet mit',
    },
    leave: {
      title: 'Gehen',
      text: 'Abmelden beendet die Sitzung auf dem Server, nimmt die Token zurück und meldet dich beim Anbieter ab, in jedem Tab.',
      local: 'Nur von dieser App abmelden',
      form: 'Mit einem einfachen Formular abmelden',
    },
  },
  admin: {
    title: 'Benutzer',
    lead: (
      <>
        Alle, die die API gesehen hat. Diese Seite fragt nach der Rolle <code>admin</code>, um anderen den Weg
        zu sparen; es ist die API, die entscheidet.
      </>
    ),
    loading: 'Die Benutzer werden geladen…',
    search: 'Benutzer suchen',
    found: (shown, total) => `${shown} von ${total}`,
    none: 'Niemand mit diesem Namen oder dieser Adresse.',
    table: 'Tabelle der Benutzer',
    user: 'Benutzer',
    notes: 'Notizen',
    seen: 'Zuletzt gesehen',
  },
};
