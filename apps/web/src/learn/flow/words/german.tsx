import type { FlowWords } from './english.tsx';
import { stepsInGerman } from './german-steps.ts';

/** Everything that the page of the flow says, in German. */
export const flowGerman: FlowWords = {
  pageTitle: 'Ablauf',
  title: 'Wie du angemeldet wurdest',
  lead: 'Jede Nachricht dieser Sitzung, vom Server aufgezeichnet, als sie geschah. Geh mit den Knöpfen oder den Pfeiltasten durch; neue Nachrichten kommen von selbst.',
  parties: {
    browser: 'Browser',
    bff: 'BFF',
    'authorization-server': 'Anbieter',
    api: 'API',
  },
  way: (from, to) => `, von ${from} an ${to}`,
  groups: {
    'sign-in': 'Anmeldung',
    call: 'Aufruf',
    refresh: 'Refresh',
    'sign-out': 'Abmeldung',
    messages: 'Nachrichten',
  },
  steps: stepsInGerman,
  step: {
    title: 'Der Schritt',
    back: 'Zurück',
    next: 'Weiter',
    latest: 'Neuester',
    place: (place, of) => `Schritt ${place} von ${of}`,
    wire: 'Wie gesendet',
    masked:
      '‹43 characters› (43 Zeichen) steht für etwas Geheimes: Der Server kennt es, diese Seite erfährt es nie.',
    specified: 'Festgelegt in',
    section: (name, section) => `${name}, Abschnitt ${section}`,
  },
  causes: {
    title: 'Etwas geschehen lassen',
    call: 'Die API aufrufen',
    callOften: '20-mal auf einmal aufrufen',
    expire: 'Das Access-Token ablaufen lassen',
    provider: 'Beim Anbieter abmelden',
    providerHint:
      'Der Anbieter sagt es dem BFF über den Back-Channel, und diese Seite ist binnen einer Sekunde abgemeldet.',
    secondTab: 'Einen zweiten Tab öffnen',
    runsOut: (left) => (
      <>
        Das Access-Token läuft in <span className="clock">{left}</span> ab; der erste Aufruf kurz davor
        erneuert es.
      </>
    ),
    young: (left) => (
      <>
        Ablaufen lassen kannst du es in <span className="clock">{left}</span>: Wird ein ganz neues Token
        abgelehnt, hält das BFF es nicht für abgelaufen.
      </>
    ),
    expired:
      'Die API nimmt dieses Access-Token nicht mehr an. Rufe sie auf, einmal oder 20-mal: Das BFF wird abgewiesen, erneuert das Token einmal für alle und schickt die Aufrufe noch einmal.',
  },
  waiting: 'Der Server wird gefragt, was geschah…',
  off: {
    title: 'Der Server erzählt hier nichts',
    text: 'Nachrichten werden nur aufgezeichnet, wo `diagnostics` eingeschaltet ist, wie in der Demo.',
  },
  none: {
    title: 'Noch nichts aufgezeichnet',
    text: 'Der Server ist nach deiner Anmeldung neu gestartet, und er behält Nachrichten nur im Arbeitsspeicher. Rufe die API auf oder melde dich neu an.',
  },
};
