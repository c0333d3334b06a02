import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** PEM files: an authority made for one test, and a server certificate for 127.0.0.1 from it. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const days = 24 * 60 * 60 * 1000;
const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export async function makeCertificates(folder: string, address = '127.0.0.1'): Promise<Certificates> {
  const dates = { notBeforeDate: new Date(Date.now() - days), notAfterDate: new Date(Date.now() + days) };
  const authority = await generate([{ name: 'commonName', value: 'test authority' }], {
    ...common,
    ...dates,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'test server' }], {
    ...common,
    ...dates,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: address }] },
    ],
  });
  const write = (name: string, pem: string) => {
    const path = join(folder, name);
    writeFileSync(path, pem, { mode: 0o600 });
    return path;
  };
  return {
    ca: write('ca.pem', authority.cert),
    cert: write('server.pem', server.cert),
    key: write('server.key', server.private),
  };
}
