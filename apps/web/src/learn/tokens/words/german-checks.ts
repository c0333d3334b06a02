import type { TokenWords } from './english.tsx';

/** What the verifier finds, in German. */
export const checks: TokenWords['checks'] = {
  encrypted: 'Es hat fünf Teile: Es ist verschlüsselt (JWE), und nur sein Empfänger kann hineinsehen.',
  otherParts: (parts, detail) =>
    `Ein JWT besteht aus drei Teilen zwischen zwei Punkten, und das hier hat ${parts}. (jose: ${detail})`,
  unsigned: 'alg ist none: Niemand hat es signiert. Jeder könnte es geschrieben haben.',
  algorithm: (algorithm, kind) => `alg ist ${algorithm}, wie erwartet. ${kind}`,
  otherAlgorithm: (algorithm, accepted) => `alg ist ${algorithm}, aber hier gilt nur ${accepted}.`,
  sharedSecret:
    'Ein gemeinsames Geheimnis signiert und prüft: Wer ein Token prüfen kann, kann auch eines herstellen.',
  keyPair:
    'Ein privater Schlüssel signiert, ein öffentlicher prüft: Wer ein Token prüft, kann keines herstellen.',
  noSignature: 'Es gibt keine Signatur zu prüfen.',
  signatureNotLookedAt: 'Die Signatur wird nicht angesehen: falscher Algorithmus.',
  noKey: 'Ohne Schlüssel lässt sich die Signatur nicht prüfen.',
  signature: 'Die Signatur stimmt: Der Besitzer des Schlüssels hat genau das signiert.',
  otherSignature:
    'Die Signatur stimmt nicht: Etwas wurde verändert, oder ein anderer Schlüssel hat es signiert.',
  badKey: (reason) => `Der Schlüssel ist nicht zu gebrauchen: ${reason}`,
  unknownReason: 'Grund unbekannt',
  keyForm: 'Ein öffentlicher Schlüssel ist ein JSON-Objekt, in dem kty steht (JWK)',
  endless: 'Es hat kein exp: Es würde ewig gelten.',
  expired: (seconds) => `Es ist vor ${seconds} s abgelaufen.`,
  current: (seconds) => `Es gilt noch ${seconds} s.`,
  early: (seconds) => `Es gilt noch nicht, erst in ${seconds} s.`,
  issuer: 'Aussteller (iss)',
  audience: 'Empfänger (aud)',
  notCompared: (name) => `${name}: nichts, womit er zu vergleichen wäre.`,
  same: (name, value) => `${name} ist ${value}.`,
  other: (name, value, expected) =>
    value === null ? `${name} fehlt; erwartet ist ${expected}.` : `${name} ist ${value}, nicht ${expected}.`,
};
