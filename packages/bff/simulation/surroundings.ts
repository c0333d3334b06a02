import { createHash } from 'node:crypto';
import { parseOptions } from '../src/options/settings.ts';
import { indexHasher } from '../src/ticket/keys.ts';
import { issuer } from './sign-in.ts';
import type { Surroundings } from './world.ts';

/** Makes what every history shares. */
export function createSurroundings(): Surroundings {
  const rootKey = createHash('sha256').update('simulation').digest();
  const provider = (id: string) => ({ id, issuer, clientId: 'app', clientSecret: 'secret' });
  const { providers } = parseOptions({
    publicUrl: 'https://app.example',
    keys: [rootKey.toString('base64url')],
    store: { url: 'memory:' },
    providers: [provider('home'), { ...provider('other'), issuer: 'https://other.example' }],
  });
  return {
    settings: new Map(providers.map((one) => [one.id, one])),
    hasher: indexHasher([rootKey]),
  };
}
