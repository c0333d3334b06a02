import type { Moment } from '../moments.ts';
import type { StepWords } from './english-steps.ts';

/** What each kind of message is, in German. */
export const stepsInGerman: Readonly<Record<Moment, StepWords>> = {
  login: {
    title: 'Du willst dich anmelden',
    text: 'Der Browser öffnet eine Adresse des BFF selbst. Das ist ein Seitenwechsel, kein fetch: Kein Skript kann ihn unbemerkt im Hintergrund beginnen.',
  },
  'login-redirect': {
    title: 'Geh zum Anbieter',
    text: 'Das BFF schickt den Browser los, mit einer Anfrage, die sagt, welche App es ist und worum sie bittet. Eine Challenge (PKCE) geht mit. Ihre geheime Hälfte bleibt zurück, zehn Minuten lang versiegelt in einem Cookie, damit niemand sonst den Code benutzen kann, der zurückkommt.',
  },
  'pushed-request': {
    title: 'Die Anfrage, direkt übergeben',
    text: 'Das BFF gibt dem Anbieter selbst die ganze Anfrage und bekommt dafür einen Verweis. So kann nichts in der Adresszeile des Browsers sie noch ändern.',
  },
  callback: {
    title: 'Zurück mit einem Code',
    text: 'Du hast dem Anbieter gezeigt, wer du bist, und er hat den Browser mit einem Code zurückgeschickt: einmal gültig, eine Minute lang, und ohne das Geheimnis des BFF nutzlos. Der State zeigt, dass diese Antwort zu der Anmeldung gehört, die dieser Browser begonnen hat.',
  },
  'code-exchange': {
    title: 'Der Code gegen Token',
    text: 'Von Server zu Server: Das BFF weist nach, dass es die App ist (mit eigenen Zugangsdaten) und dass es diese Anmeldung begonnen hat (mit dem PKCE-Verifier). Die Token gehen nie durch den Browser.',
  },
  userinfo: {
    title: 'Wer ist es?',
    text: 'Das BFF fragt den Anbieter nach den Angaben zur Person, mit dem Access-Token, das es gerade bekommen hat.',
  },
  'signed-in': {
    title: 'Hier ist deine Marke',
    text: 'Der Browser bekommt ein einziges, versiegeltes Cookie, das Skript nicht lesen kann (HttpOnly) und das keine andere Website mitschicken lassen kann (SameSite=Strict). Die Token bleiben beim BFF, versiegelt mit einem Schlüssel, den nur diese Marke enthält.',
  },
  'api-call': {
    title: 'Die Seite ruft die API auf',
    text: 'Ein einfacher fetch zum eigenen Ursprung der Seite. Er trägt die Marke und kein Token. Sec-Fetch-Site schreibt der Browser; es zeigt, dass eine unserer eigenen Seiten fragt.',
  },
  'forwarded-call': {
    title: 'Derselbe Aufruf, mit einem Token',
    text: 'Das BFF nimmt das Cookie heraus, findet die Sitzung, fügt das Access-Token für diese API hinzu und gibt den Aufruf weiter.',
  },
  'api-answer': {
    title: 'Die API antwortet',
    text: 'Bevor sie irgendetwas tat, hat die API Signatur, Aussteller, Empfänger, Zeit und Scopes des Tokens geprüft.',
  },
  'call-answer': {
    title: 'Die Antwort geht an die Seite',
    text: 'So, wie die API sie gab, ohne Header, die ein Token tragen oder für diesen Ursprung sprechen könnten.',
  },
  refresh: {
    title: 'Neue Token für die alten',
    text: 'Das Access-Token läuft bald ab, darum tauscht das BFF das Refresh-Token gegen ein neues Paar. Viele gleichzeitige Aufrufe warten auf einen einzigen solchen Tausch: Der Anbieter ersetzt das Refresh-Token jedes Mal und hält eine zweite Benutzung für Diebstahl.',
  },
  'token-exchange': {
    title: 'Ein Token für einen Zweck',
    text: 'Das BFF tauscht das Token gegen eines, das nur bei dieser API gilt.',
  },
  assertion: {
    title: 'Das BFF bürgt für dich',
    text: 'Du hast dich anderswo angemeldet. Darum sagt das BFF dem Anbieter der API in einer kurzen, mit seinem Schlüssel signierten Nachricht, wer du bist, und bekommt dafür ein Token.',
  },
  revocation: {
    title: 'Die Token werden zurückgenommen',
    text: 'Das BFF sagt dem Anbieter, dass das Refresh-Token nicht mehr gelten darf.',
  },
  logout: {
    title: 'Du meldest dich ab',
    text: 'Zuerst wird die Sitzung auf dem Server gelöscht: Ein kopiertes Cookie ist von hier an nichts mehr wert.',
  },
  'logout-redirect': {
    title: 'Cookies gelöscht',
    text: 'Der Browser vergisst seine Marke und geht vielleicht noch zum Anbieter, um sich auch dort abzumelden.',
  },
  metadata: {
    title: 'Was kannst du, und welche Schlüssel hast du?',
    text: 'Das BFF liest die Adressen und öffentlichen Schlüssel des Anbieters. Es behält sie, darum kommt das selten vor.',
  },
  other: {
    title: 'Eine andere Nachricht',
    text: 'Sie gehört zu dieser Sitzung, aber zu keinem bestimmten Ablauf.',
  },
  'pushed-request-answer': {
    title: 'Ein Verweis auf die Anfrage',
    text: 'Er gilt einmal und etwa eine Minute lang. Nur dieser Verweis geht durch den Browser.',
  },
  'code-exchange-answer': {
    title: 'Token, nur für das BFF',
    text: 'Ein Access-Token für die API, ein ID-Token, das sagt, wer du bist, ein Refresh-Token für später. Das BFF prüft Signatur, Aussteller, Empfänger, Nonce und Zeiten des ID-Tokens, bevor es ein Wort glaubt.',
  },
  'refresh-answer': {
    title: 'Die neuen Token',
    text: 'Gespeichert, bevor sie benutzt werden. Das eingetauschte Refresh-Token ist von hier an tot.',
  },
  'token-exchange-answer': {
    title: 'Das Token für diese API',
    text: 'Es wird bei der Sitzung verwahrt.',
  },
  'assertion-answer': {
    title: 'Ein Token vom Anbieter der API',
    text: 'In deinem Namen, für diese API, für kurze Zeit.',
  },
  'revocation-answer': {
    title: 'Erledigt',
    text: 'Dieselbe Antwort, ob der Anbieter das Token kannte oder nicht.',
  },
  'userinfo-answer': {
    title: 'Die Angaben zur Person',
    text: 'Mit dem ID-Token verglichen.',
  },
  'metadata-answer': {
    title: 'Adressen und öffentliche Schlüssel',
    text: 'Behalten, solange die Antwort es erlaubt.',
  },
  'token-refused': {
    title: 'Die API lehnt das Token ab',
    text: 'Sie hält das Token für abgelaufen, früher als das BFF es wusste. Die Seite erfährt davon nichts: Das BFF holt ein neues Token und schickt denselben Aufruf noch einmal, ein einziges Mal. Einem Token, das gerade erst kam, würde das nicht angelastet.',
  },
};
