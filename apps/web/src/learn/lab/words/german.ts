import type { LabWords } from './english.ts';

/** Everything that the lab says, in German. */
export const labGerman: LabWords = {
  title: 'Angriffslabor',
  lead: (name) =>
    `Angenommen, fremder Code läuft in der Seite: ein gekapertes Paket, ein Text, der nicht maskiert wurde. Führe jeden Angriff gegen zwei Apps aus, die ihre Token in der Seite halten, und gegen genau diese App mit deiner eigenen Sitzung, ${name}. Die Felder zeigen, was der Server des Angreifers wirklich bekommen hat.`,
  honest: 'Eine Zeile gelingt bei allen dreien: Ein BFF verhindert sie nicht.',
  honestLink: 'Was sie begrenzt',
  local:
    'Alles bleibt auf diesem Rechner. Beim ersten Lauf gegen eine der anderen Apps meldest du dich dort an, in einem eigenen Fenster.',
  attack: 'Angriff',
  victims: {
    storage: 'Token in localStorage',
    memory: 'Token im Arbeitsspeicher',
    coatcheck: 'Hinter Coatcheck',
  },
  victimNotes: {
    storage: 'Code-Flow in der Seite, Rotation',
    memory: 'Code-Flow in der Seite, Rotation',
    coatcheck: 'Diese App, deine Sitzung',
  },
  everywhere: 'Das verhindert ein BFF nicht',
  attacks: {
    single: {
      title: 'Ein Blick',
      text: 'Fremder Code kommt einmal in die Seite und nimmt jedes Token, das er findet.',
      why: {
        storage: 'localStorage steht jedem Skript der Seite offen.',
        memory:
          'Gespeichert ist nichts, aber die Seite verschickt das Token: Wer sich an die Stelle von fetch setzt, sieht es vorbeikommen.',
        coatcheck: 'Die Seite hat kein Token, und ihre Aufrufe tragen keines.',
      },
    },
    proxy: {
      title: 'Durch deinen Browser',
      text: 'Das Skript nimmt nichts mit. Es lässt die Seite die API aufrufen und schickt die Antworten weg.',
      why: {
        storage: 'Das Skript ruft auf, was die App aufruft.',
        memory: 'Das Skript ruft auf, was die App aufruft.',
        coatcheck:
          'Die Sitzung ist offen, also gelingen Aufrufe der Seite, wer immer sie macht. Kein Token ging hinaus, aber Daten.',
      },
    },
    persistent: {
      title: 'Das Skript bleibt',
      text: 'Es wartet auf jedes neue Token. Refresh-Token rotieren: Jedes gilt nur einmal.',
      why: {
        storage: 'Die Rotation bringt ein neues Refresh-Token, und das Skript nimmt auch dieses.',
        memory: 'Das Skript hört jede Antwort des Token-Endpunkts mit.',
        coatcheck: 'Token werden auf dem Server erneuert: Hier kommt nie ein neues vorbei.',
      },
    },
    frame: {
      title: 'Neue Token im unsichtbaren Frame',
      text: 'Das Skript beginnt eine eigene Anmeldung, in einem Frame, den niemand sieht.',
      why: {
        storage:
          'Der Anbieter kennt den Browser und antwortet ohne Rückfrage. Die App sieht diese Token nie.',
        memory: 'Wie gut die App ihre eigenen auch versteckt: Diese sind andere.',
        coatcheck:
          'Hier öffnet sich kein Frame, und ein Code ist ohne das Geheimnis und den Verifier des BFF nichts wert.',
      },
    },
    logout: {
      title: 'Wenn du weg bist',
      text: 'Du meldest dich ab oder schließt den Tab. Dann nutzt der Angreifer, was er hat.',
      why: {
        storage: 'Das Abmelden hat die Seite geleert, nicht die Kopie des Angreifers.',
        memory: 'Das Schließen leert den Arbeitsspeicher, nicht die Kopie des Angreifers.',
        coatcheck: 'Was ein Skript hier konnte, endete mit der Seite.',
      },
    },
    csrf: {
      title: 'Von einer anderen Website',
      text: 'Kein Skript kommt herein. Eine Seite des Angreifers schickt in deinem Namen ein Formular an die App.',
      why: {
        storage: 'Ein Token kommt nicht von selbst mit.',
        memory: 'Ein Token kommt nicht von selbst mit.',
        coatcheck: 'Das Cookie bleibt zu Hause, und der Browser sagt, woher die Anfrage kommt: 403.',
      },
    },
  },
  run: 'Ausführen',
  runAgain: 'Noch einmal',
  running: 'Läuft…',
  use: 'Später Angreifer sein',
  failed: 'Der Angriff ist gescheitert: ',
  waiting: 'Warten auf den Server des Angreifers. Kommt nichts, hat dieser Browser sein Fenster verhindert.',
  verdicts: {
    'not-run': 'Noch nicht gelaufen',
    stolen: 'Gestohlen',
    data: 'Gelingt: Daten gingen hinaus',
    nothing: 'Nichts zu stehlen',
    written: 'Gelungen: Eine Notiz wurde angelegt',
    unwritten: 'Abgewiesen: Nichts wurde angelegt',
    sent: 'Gesendet',
  },
  usable: (seconds) => `kann die API noch ${seconds} s aufrufen`,
  ranOut: 'das Access-Token ist abgelaufen',
  renewable: 'neue Token nach Belieben, mit dem Refresh-Token',
  log: (lines) => `Protokoll des Angreifers (${lines})`,
  tokenKinds: { access_token: 'Access-Token', refresh_token: 'Refresh-Token' },
  characters: (count) => `${count} Zeichen`,
  ways: {
    storage: 'Aus localStorage gelesen.',
    overheard: 'Beim Aufruf der App mitgehört.',
    renewed: 'Von der App erneuert und sofort genommen.',
    frame: 'Aus einer eigenen Anmeldung des Angreifers, im unsichtbaren Frame.',
    page: 'In der Seite gefunden.',
    call: 'Vorher gestohlen, jetzt benutzt.',
  },
  met: {
    'fetch-went': 'Ein fetch zum Server des Angreifers kam durch.',
    'fetch-blocked': 'Einen fetch zum Server des Angreifers hat die Content-Security-Policy verhindert.',
    'frame-open': 'Der Frame wurde nicht verhindert, und seine Antwort war nicht zu lesen.',
    'frame-blocked': 'Den unsichtbaren Frame hat die Content-Security-Policy verhindert.',
    'window-opened':
      'Es hat ein Fenster des Angreifers geöffnet, mit der Beute in der Adresse. Das verhindert keine Policy.',
  },
  metTitle: 'Worauf das Skript traf',
  answer: ({ status, name }) =>
    name === null
      ? `Die API hat es abgelehnt: ${status}.`
      : `Der Rechner des Angreifers hat damit die API aufgerufen: ${status}, als ${name}.`,
  nothing: (readable) => `${readable} Zeichen: alles, was ein Skript hier lesen kann, und kein Token darin.`,
  data: (name, email) => `Was die API dir gesagt hat: ${name}, ${email}.`,
  codeRefused: (status, error) =>
    `Ein Code hülfe nichts: Der Anbieter verlangt dazu das Geheimnis des BFF (${status} ${error}).`,
  renewed: 'Du warst weg, und der Anbieter gab neue Token für das gestohlene.',
  renewalRefused: (error) => `Der Anbieter hat das gestohlene Refresh-Token abgelehnt: ${error}.`,
  noLoot: 'Nichts zu benutzen: Nie kam ein Token an, und das Cookie kann kein Skript lesen.',
  formSent: 'Ein Formular ging in deinem Namen hinaus. Seine Antwort darf dieser Server nicht lesen.',
  forget: 'Den Server des Angreifers leeren',
  off: {
    title: 'Das Labor läuft nicht',
    text: 'Seine Server gehören nur zur Demo, und niemals woandershin.',
  },
  limits: {
    title: 'Was ein BFF nicht verhindert, und was es begrenzt',
    text: 'Ein Skript in der Seite kann, was die Seite kann, solange sie offen ist. Ein BFF nimmt die Token weg, und damit alles, was die Seite überdauert und anderswo funktioniert. Für den Rest:',
    items: (attacker) => [
      [
        'Content-Security-Policy',
        `Nur die eigenen Skriptdateien dieser App laufen, nichts in der Seite selbst; keine Frames, kein fetch zu jemand anderem. Das macht das Hineinkommen viel schwerer. Ein Fenster, das bei ${attacker} geöffnet wird, verhindert es nicht. (Dass die Angriffe hier überhaupt laufen, liegt daran, dass ihr Skript eine Datei dieser App ist.)`,
      ],
      [
        'Step-up',
        'Was sich nicht zurücknehmen lässt, verlangt eine frische Anmeldung. Die kann kein Skript geben.',
      ],
      ['Kurze Leerlaufzeit', 'Eine verlassene Seite wird abgemeldet, und mit ihr alles, was auf ihr reitet.'],
      ['Routen als Erlaubnisliste, Scopes je Route', 'Die Seite erreicht nur, was sie braucht.'],
      ['Begrenzte Aufrufe an der API', 'Ein Skript, das alles kopiert, braucht länger und fällt auf.'],
      [
        'Die Liste deiner Sitzungen',
        'Im Profil: Beende eine, und ihre Seite samt jedem Skript darin ist sofort draußen.',
      ],
    ],
  },
};
