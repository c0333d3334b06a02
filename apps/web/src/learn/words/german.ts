import type { LearnWords } from './english.ts';

/** What the way between the pages that explain says, and the page before them, in German. */
export const learnGerman: LearnWords = {
  title: 'Sieh, wie es funktioniert',
  lead: 'Nichts hier ist eine Zeichnung davon, wie es sein könnte. Es ist das, was diese App tut, mit deiner eigenen Sitzung.',
  names: {
    flow: 'Ablauf',
    tokens: 'Token',
    lab: 'Angriffslabor',
    explained: 'Erklärt',
    states: 'Fehler',
  },
  rooms: {
    flow: {
      name: 'Ablauf',
      text: 'Jede Nachricht deiner Anmeldung, jedes Aufrufs und jedes Refreshs, wie sie gesendet wurde, zwischen Browser, BFF, Anbieter und API.',
    },
    tokens: {
      name: 'Token',
      text: 'Was in den Token steht, die der Server für dich verwahrt, Claim für Claim, und ein Decoder für jedes JWT, das diese Seite nie verlässt.',
    },
    lab: {
      name: 'Angriffslabor',
      text: 'Führe dieselben Angriffe gegen eine App aus, die ihre Token in localStorage hält, und gegen diese. Sieh, was der Server des Angreifers bekommt.',
    },
    explained: {
      name: 'JWT und OAuth erklärt',
      text: 'Wer in OAuth wer ist, was ein Token sagt, wie es endet und erneuert wird: jedes neben dem, was in dieser Sitzung wirklich ist.',
    },
    states: {
      name: 'Wenn etwas schiefgeht',
      text: 'Jeder Fehler, der Menschen begegnen kann, in den Worten, die ihnen begegnen: was geschah, was sicher ist, was zu tun ist.',
    },
  },
};
