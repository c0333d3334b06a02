import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { CertificateFiles } from './config/certificate-files.ts';
import { watchPair } from './tls.ts';

/**
 * Takes renewed client certificates into use without a restart; one that cannot be used is told to the log, and the old
 * one stays.
 *
 * @returns how to stop
 */
export function reloadClientCertificates(
  app: FastifyInstance,
  certificates: readonly CertificateFiles[],
): (() => void)[] {
  return certificates.map(({ provider, ...files }) => {
    const reload = () => {
      const [cert, key] = [readFileSync(files.cert, 'utf8').trim(), readFileSync(files.key, 'utf8').trim()];
      const flaw = app.coatcheck.renewClientCertificate(provider, { cert, key });
      if (flaw !== null) throw new Error(`the client certificate of ${provider} ${flaw}`);
    };
    return watchPair(files, reload, (error) => {
      if (error) app.log.error({ err: error, provider }, 'the renewed client certificate cannot be used');
      else app.log.info({ provider }, 'the renewed client certificate is in use');
    });
  });
}
