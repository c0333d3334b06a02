import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';
import { writePrivate } from './data.ts';

export type CertificateFiles = { readonly cert: string; readonly key: string };

const day = 24 * 60 * 60 * 1000;
const names = ['localhost', '*.shop.localhost'];
const addresses = ['127.0.0.1', '::1'];

/**
 * A certificate for this machine under `<dataDir>/tls`, signed by its own key: made at first, and again when it
 * ends within a week or no longer fits.
 */
export async function localCertificate(dataDir: string, now: Date): Promise<CertificateFiles> {
  const files = {
    cert: path.join(dataDir, 'tls', 'localhost.crt'),
    key: path.join(dataDir, 'tls', 'localhost.key'),
  };
  if (isUsable(files, now)) return files;
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - day),
    notAfterDate: new Date(now.getTime() + 365 * day),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  writePrivate(files.key, made.private);
  writePrivate(files.cert, made.cert);
  return files;
}

function isUsable({ cert, key }: CertificateFiles, now: Date): boolean {
  if (!existsSync(cert) || !existsSync(key)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(cert));
    return (
      certificate.validToDate.getTime() > now.getTime() + 7 * day &&
      certificate.checkPrivateKey(createPrivateKey(readFileSync(key))) &&
      ['localhost', 'app.shop.localhost'].every((name) => certificate.checkHost(name) !== undefined) &&
      addresses.every((address) => certificate.checkIP(address) !== undefined)
    );
  } catch {
    return false;
  }
}
