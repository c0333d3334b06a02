import {
  type DeviceSessionView,
  type LogoutView,
  type ProviderView,
  type SessionEvent,
  type SessionUser,
  type SessionView,
  type SignedInView,
  type SignedOutReason,
  signedOutReasons,
} from '@coatcheck/protocol';
import { isRecord } from './json.ts';

/** Reads the body of `GET /bff/session`; null where it is anything else. */
export function parseSessionView(body: unknown): SessionView | null {
  if (!isRecord(body)) return null;
  if (body.authenticated === false) return { authenticated: false, reason: reasonOf(body.reason) };
  return body.authenticated === true ? parseSignedIn(body) : null;
}

function parseSignedIn(body: Record<string, unknown>): SignedInView | null {
  const { provider, createdAt, expiresAt, expiresIn, idleExpiresAt, idleExpiresIn } = body;
  if (!isUser(body.user) || typeof provider !== 'string') return null;
  if (!isTime(createdAt) || !isTime(expiresAt) || !isTime(idleExpiresAt)) return null;
  if (!isSeconds(expiresIn) || !isSeconds(idleExpiresIn)) return null;
  return {
    authenticated: true,
    user: body.user,
    provider,
    connections: stringsOf(body.connections),
    scopes: stringsOf(body.scopes),
    roles: stringsOf(body.roles),
    acr: typeof body.acr === 'string' ? body.acr : null,
    amr: stringsOf(body.amr),
    createdAt,
    expiresAt,
    expiresIn,
    idleExpiresAt,
    idleExpiresIn,
    accessTokenExpiresAt: isTime(body.accessTokenExpiresAt) ? body.accessTokenExpiresAt : null,
    accessTokenExpiresIn: isSeconds(body.accessTokenExpiresIn) ? body.accessTokenExpiresIn : null,
  };
}

/** Reads an event of `GET /bff/events`; null where this version does not know it. */
export function parseSessionEvent(data: unknown): SessionEvent | null {
  if (!isRecord(data)) return null;
  const { type } = data;
  switch (type) {
    case 'session':
    case 'extended':
    case 'about-to-expire':
    case 'claims-changed': {
      const session = parseSessionView(data.session);
      return session?.authenticated ? { type, session } : null;
    }
    case 'ended':
    case 'replaced':
      return { type, reason: reasonOf(data.reason) };
    case 'reconnect':
      return { type };
    default:
      return null;
  }
}

/** Reads the body of `GET /bff/sessions`; null where it is anything else. */
export function parseDeviceSessions(body: unknown): DeviceSessionView[] | null {
  if (!Array.isArray(body)) return null;
  return body.flatMap((entry: unknown) => {
    const { id, device, createdAt, lastSeenAt, current } = isRecord(entry) ? entry : {};
    if (typeof id !== 'string' || typeof device !== 'string') return [];
    if (!isTime(createdAt) || !isTime(lastSeenAt)) return [];
    return [{ id, device, createdAt, lastSeenAt, current: current === true }];
  });
}

/** Reads the body of `POST /bff/logout`. */
export function parseLogoutView(body: unknown, origin: string): LogoutView {
  return { redirectTo: parseRedirect(body, origin) };
}

/** Where an answer sends the browser, null if nowhere. Only a web address is a place to go: `javascript:` is not. */
export function parseRedirect(body: unknown, origin: string): string | null {
  const target = isRecord(body) ? body.redirectTo : null;
  if (typeof target !== 'string' || !URL.canParse(target, origin)) return null;
  return ['https:', 'http:'].includes(new URL(target, origin).protocol) ? target : null;
}

/** Reads the body of `GET /bff/providers`; null where it is anything else. */
export function parseProviders(body: unknown): ProviderView[] | null {
  if (!Array.isArray(body)) return null;
  return body.flatMap((entry: unknown) => {
    const { id, label, loginUrl, default: isDefault } = isRecord(entry) ? entry : {};
    if (typeof id !== 'string' || typeof label !== 'string' || typeof loginUrl !== 'string') return [];
    return [{ id, label, default: isDefault === true, loginUrl }];
  });
}

/** A reason that this version does not know still means: nobody is signed in. */
function reasonOf(value: unknown): SignedOutReason {
  return signedOutReasons.find((reason) => reason === value) ?? 'none';
}

function isUser(value: unknown): value is SessionUser {
  return isRecord(value) && typeof value.sub === 'string';
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
