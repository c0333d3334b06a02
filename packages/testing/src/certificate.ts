import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** A key and a certificate that it signed itself, both PEM; the certificate is its own authority. */
export interface Certificate {
  key: string;
  cert: string;
}

/**
 * Makes a certificate for the `tls` option of the test servers. Nobody trusts it until told to (`ca: cert`).
 *
 * @param hosts host names and addresses
 */
export async function makeCertificate(hosts: string[] = ['localhost', '127.0.0.1']): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
      },
    ],
  });
  return { key, cert };
}
