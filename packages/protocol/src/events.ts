import type { SignedInView, SignedOutReason } from './session-view.ts';

/** What `GET /bff/events` tells; the event's name is its type. */
export type SessionEvent =
  /** First of each connection: how things stand. */
  | { readonly type: 'session'; readonly session: SignedInView }
  /** The idle time was moved on. */
  | { readonly type: 'extended'; readonly session: SignedInView }
  /** The idle or absolute end is near. */
  | { readonly type: 'about-to-expire'; readonly session: SignedInView }
  /** What is known of the person changed. */
  | { readonly type: 'claims-changed'; readonly session: SignedInView }
  | { readonly type: 'ended'; readonly reason: SignedOutReason }
  /** A newer sign-in in this browser took its place: connect again. */
  | { readonly type: 'replaced'; readonly reason: SignedOutReason }
  /** This server stops: connect again, to another. */
  | { readonly type: 'reconnect' };

export const sessionEventTypes = [
  'session',
  'extended',
  'about-to-expire',
  'claims-changed',
  'ended',
  'replaced',
  'reconnect',
] as const satisfies readonly SessionEvent['type'][];
