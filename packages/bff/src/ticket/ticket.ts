import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { CookieNames, SignedOutReason } from '@coatcheck/protocol';
import { LRUCache } from 'lru-cache';
import { clearCookie, cookiesNamed, decodeCookie, sentCookiesNamed, setCookie } from './cookies.ts';
import type { Sealing } from './sealing.ts';

/** What the browser keeps: it names a session and holds the key that opens its record. */
export interface Ticket {
  /** SHA-256 of the session id, base64url: where the record stands. */
  readonly idHash: string;
  /** Opens the record. As a KeyObject: with raw bytes each use costs five times as much. */
  readonly key: KeyObject;
  /** Sealed by an old root key: seal it again. */
  readonly rotate: boolean;
}

/** What a request's cookies said. `unusable`: there was a ticket, but not one of ours, or more than one. */
export type TicketFound =
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable' };

/** A new ticket, and the secret parts that make its cookie. */
export interface FreshTicket {
  readonly ticket: Ticket;
  readonly secrets: TicketSecrets;
}

interface TicketSecrets {
  readonly id: string;
  readonly key: string;
}

const opensKept = 20_000;

/** Reads and writes the ticket cookie and the “here” cookie. */
export interface Tickets {
  read(headers: IncomingHttpHeaders): TicketFound;
  issue(): FreshTicket;
  /** `Set-Cookie` values for both cookies. @param life seconds until the absolute end */
  cookiesFor(fresh: FreshTicket, life: number): string[];
  /** `Set-Cookie` values for both cookies under the first key; none if the request has no ticket. */
  resealed(headers: IncomingHttpHeaders, life: number): string[];
  cleared(): string[];
  /** The same after an ending, but none where a newer ticket may be on its way to the browser. */
  clearedFor(reason: SignedOutReason): string[];
  /** Id hash from the “here” cookie, which opens nothing. */
  readHere(headers: IncomingHttpHeaders): string | undefined;
}

/** @param persistent false: the browser forgets the cookies when it closes */
export function createTickets(sealing: Sealing, names: CookieNames, persistent: boolean): Tickets {
  const opened = new LRUCache<string, TicketFound & { kind: 'ticket' }>({ max: opensKept });

  function secretsIn(sealed: string): (TicketSecrets & { rotate: boolean }) | undefined {
    const content = sealing.open('ticket', sealed);
    const { id, key } = content?.values ?? {};
    if (!content || typeof id !== 'string' || typeof key !== 'string') return undefined;
    return { id, key, rotate: content.rotate };
  }

  function ticketCookie(secrets: TicketSecrets, life: number): string {
    const sealed = sealing.seal('ticket', { id: secrets.id, key: secrets.key });
    return setCookie(names.ticket, sealed, { sameSite: 'strict', maxAge: persistent ? life : null });
  }

  const cleared = () => [clearCookie(names.ticket, 'strict'), clearCookie(names.here, 'lax')];

  function hereCookie(idHash: string, life: number): string {
    return setCookie(names.here, sealing.seal('here', { h: idHash }), {
      sameSite: 'lax',
      maxAge: persistent ? life : null,
    });
  }

  return {
    read(headers) {
      const [sent, ...others] = sentCookiesNamed(headers, names.ticket);
      if (sent === undefined) return { kind: 'none' };
      if (others.length > 0) return { kind: 'unusable' };
      // By the value as it was sent: to decode it takes as long as all the rest of a look-up.
      const known = opened.get(sent);
      if (known) return known;
      const sealed = decodeCookie(sent);
      const secrets = secretsIn(sealed);
      if (!secrets) return { kind: 'unusable' };
      const found = { kind: 'ticket', ticket: ticketOf(secrets, secrets.rotate) } as const;
      // There are many ways to escape one; ours and none at all are enough.
      if (sent === encodeURIComponent(sealed) || sent === sealed) opened.set(sent, found);
      return found;
    },
    issue() {
      const secrets = {
        id: randomBytes(16).toString('base64url'),
        key: randomBytes(32).toString('base64url'),
      };
      return { ticket: ticketOf(secrets, false), secrets };
    },
    cookiesFor: (fresh, life) => [ticketCookie(fresh.secrets, life), hereCookie(fresh.ticket.idHash, life)],
    resealed(headers, life) {
      const secrets = secretsIn(cookiesNamed(headers, names.ticket)[0] ?? '');
      return secrets ? [ticketCookie(secrets, life), hereCookie(hashOf(secrets.id), life)] : [];
    },
    cleared,
    clearedFor: (reason) => (reason === 'replaced' ? [] : cleared()),
    readHere(headers) {
      const [sealed, ...others] = cookiesNamed(headers, names.here);
      const hash =
        sealed === undefined || others.length > 0 ? undefined : sealing.open('here', sealed)?.values.h;
      return typeof hash === 'string' ? hash : undefined;
    },
  };
}

function ticketOf(secrets: TicketSecrets, rotate: boolean): Ticket {
  return {
    idHash: hashOf(secrets.id),
    key: createSecretKey(Buffer.from(secrets.key, 'base64url')),
    rotate,
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
