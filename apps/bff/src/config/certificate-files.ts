import { resolve } from 'node:path';

/** The files of a provider's client certificate. */
export interface CertificateFiles {
  /** Id of the provider. */
  readonly provider: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Which client certificates a configuration takes from files: `{"cert": {"file": …}, "key": {"file": …}}`.
 *
 * @param written the configuration as it is written, of any shape
 * @param base directory against which relative paths are read
 */
export function certificateFilesIn(written: unknown, base: string): CertificateFiles[] {
  const { providers } = members(written);
  return (Array.isArray(providers) ? providers : []).flatMap((one): CertificateFiles[] => {
    const { id, clientCertificate } = members(one);
    const { cert, key } = members(clientCertificate);
    const files = [members(cert).file, members(key).file];
    const [certFile, keyFile] = files;
    if (typeof id !== 'string' || typeof certFile !== 'string' || typeof keyFile !== 'string') return [];
    return [{ provider: id, cert: resolve(base, certFile), key: resolve(base, keyFile) }];
  });
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
