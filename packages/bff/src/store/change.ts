import type { StoreChange } from './store.ts';

const kinds = ['updated', 'ended', 'released'] as const;

/** What servers publish. */
export function messageOf(kind: (typeof kinds)[number], id: string): string {
  return `${kind}:${id}`;
}

/** The change that a message tells of; none where it is not from a store. */
export function changeIn(message: string): StoreChange[] {
  const colon = message.indexOf(':');
  const kind = kinds.find((known) => known === message.slice(0, colon));
  return kind === undefined ? [] : [{ kind, id: message.slice(colon + 1) }];
}
