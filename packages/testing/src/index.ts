export * from './authorization-server/index.ts';
export { type Certificate, makeCertificate } from './certificate.ts';
export * from './http/index.ts';
export { type Answer, handled, htmlAnswer, jsonAnswer, redirectAnswer } from './scripting/answer.ts';
export { faults } from './scripting/faults.ts';
export type { Gate } from './scripting/gate.ts';
export { answerOf, type Handler, type HoldPoint, type Next, type Times } from './scripting/script.ts';
export { controlSession, type SessionControl, signInByJar } from './session/session-control.ts';
export * from './upstream/index.ts';
