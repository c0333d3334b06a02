import { readFileSync } from 'node:fs';
import { StoreError } from './errors.ts';

/** What Node's `tls.connect` takes; the server's certificate is verified unless `rejectUnauthorized` says otherwise. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * Reads the PEM files that parameters of `store.url` name.
 *
 * @param paths by the name that `tls.connect` gives the content: `ca`, `cert`, `key`
 * @throws {StoreError} `store_unavailable` where one cannot be read
 */
export function readPems(paths: Readonly<Record<'ca' | 'cert' | 'key', string | undefined>>): TlsSettings {
  const { ca, cert, key } = paths;
  return {
    ...(ca === undefined ? {} : { ca: read(ca) }),
    ...(cert === undefined ? {} : { cert: read(cert) }),
    ...(key === undefined ? {} : { key: read(key) }),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StoreError('store_unavailable', `store.url: the file ${path} cannot be read.`, {
      cause: error,
    });
  }
}
