import { StoreError } from '../errors.ts';
import { isDemoted } from './failure.ts';
import type { Send } from './request.ts';

/** Who wrote the keys under a prefix, and in which format. */
const ours = 'coatcheck 1';

/**
 * Checks that the keys are ours, and says so in the database where nothing does yet.
 *
 * @returns whether that had to be said
 * @throws {StoreError} `store_incompatible` where another version or program says that they are its own
 */
export async function checkFormat(send: Send, key: string): Promise<'known' | 'new'> {
  const found = await send(['GET', key]);
  if (found === null) {
    await send(['SET', key, ours, 'NX']);
    return 'new';
  }
  const text = String(found);
  if (text === ours) return 'known';
  const whose = /^coatcheck \d+$/.test(text)
    ? `a newer Coatcheck wrote them ("${text}", this one knows "${ours}")`
    : 'they belong to another program';
  throw new StoreError(
    'store_incompatible',
    `The keys ${key.replace(/format$/, '*')} in Redis are not for this version: ${whose}; choose another "prefix" in store.url.`,
  );
}

/** Rejects where the server is a replica. The write changes nothing, and a server whose memory is full takes it too. */
export async function refuseReplica(send: Send, key: string): Promise<void> {
  try {
    await send(['PERSIST', key]);
  } catch (error) {
    if (isDemoted(error)) throw error;
  }
}
