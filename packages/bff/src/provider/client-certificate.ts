import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { CustomFetch } from 'openid-client';
import type { RenewableCertificate } from '../options/keys/certificate.ts';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { ProviderFetchError } from './failure.ts';
import { providerFetch } from './fetch.ts';

/**
 * The fetch for requests that this client makes in its own name: to the token endpoint and its like, and to userinfo.
 * Where the provider has a certificate of ours, it is shown there and nowhere else: the plain fetch, which asks for
 * metadata, keys and all the rest, knows of none (RFC 8705 §2).
 *
 * @param plain what is used where there is no certificate
 */
export function fetchAsClient(settings: ProviderSettings, plain: CustomFetch): CustomFetch {
  const { clientCertificate, insecureAllowHttpIssuer, requestTimeout } = settings;
  if (clientCertificate === null) return plain;
  const shown = providerFetch(
    insecureAllowHttpIssuer,
    fetchWithCertificate(clientCertificate),
    requestTimeout,
  );
  return async (url, options) => {
    const { protocol, origin } = new URL(url);
    if (protocol !== 'https:') {
      const detail = `${origin} is http, and a client certificate is shown over TLS only`;
      throw new ProviderFetchError({ kind: 'misconfigured', detail });
    }
    return shown(url, options);
  };
}

/**
 * A fetch over TLS that shows a certificate. A connection for each request: on one that was kept, a request may be lost
 * with the connection, and a refresh whose fate is unknown costs more than a handshake.
 */
function fetchWithCertificate(certificate: RenewableCertificate): typeof globalThis.fetch {
  return async (target, init = {}) => {
    const url = new URL(target instanceof Request ? target.url : target);
    const { method = 'GET', headers, body, signal } = init;
    const content = body ? await new Response(body).bytes() : undefined;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpsRequest(url, {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        ...certificate.current(),
        // Verification is asked for aloud, since the environment could switch it off (NODE_TLS_REJECT_UNAUTHORIZED).
        rejectUnauthorized: true,
        agent: false,
        ...(signal ? { signal } : {}),
      });
      request.on('response', resolve).on('error', reject).end(content);
    });
    return responseOf(answer);
  };
}

function responseOf(answer: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const status = answer.statusCode ?? 502;
  if (status === 204 || status === 205 || status === 304) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers });
}
