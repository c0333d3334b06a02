import type { Session } from './session.ts';

/** What the store's feed brings. */
export type FeedNotice =
  /** It is gone. `opened` is what this process still knew of it. */
  | { readonly kind: 'ended'; readonly id: string; readonly opened?: Session }
  /** Its record changed, here or elsewhere. */
  | { readonly kind: 'changed'; readonly id: string }
  /** Changes were lost: anything may have happened to any session. */
  | { readonly kind: 'missed' };

/** What this process learns of a session, whoever did it. */
export type SessionNotice =
  | Exclude<FeedNotice, { kind: 'missed' }>
  /** Its idle time was moved on here. */
  | { readonly kind: 'extended'; readonly session: Session };

/** Hands notices to whoever follows a session. */
export interface Notices {
  /** @returns how to stop */
  follow(id: string, listener: (notice: SessionNotice) => void): () => void;
  /** Hears of every session. */
  followAll(listener: (notice: SessionNotice) => void): () => void;
  /** After lost changes every follower is told to look. */
  tell(notice: SessionNotice | FeedNotice): void;
}

export function createNotices(): Notices {
  const byId = new Map<string, Set<(notice: SessionNotice) => void>>();
  const all = new Set<(notice: SessionNotice) => void>();
  return {
    follow(id, listener) {
      const listeners = byId.get(id) ?? new Set();
      byId.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && byId.get(id) === listeners) byId.delete(id);
      };
    },
    followAll(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(notice) {
      if (notice.kind === 'missed') {
        for (const [id, listeners] of [...byId])
          for (const listener of [...listeners]) listener({ kind: 'changed', id });
        return;
      }
      const id = notice.kind === 'extended' ? notice.session.id : notice.id;
      for (const listener of [...(byId.get(id) ?? []), ...all]) listener(notice);
    },
  };
}
