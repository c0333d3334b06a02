import { allowInsecureRequests, type ClientAuth, customFetch, introspectionRequest } from 'oauth4webapi';
import { download, readText } from '../download.ts';
import { discover } from '../metadata.ts';

/** Where tokens are asked about, and as whom. Times are seconds. */
export interface IntrospectionEndpoint {
  readonly issuer: string;
  /** Looked up in the issuer's metadata at the first use if not given. */
  readonly endpoint: URL | undefined;
  readonly allowInsecureHttp: boolean;
  readonly clientId: string;
  readonly authentication: ClientAuth;
  /** Asks for signed answers (RFC 9701). */
  readonly signedResponses: boolean;
  readonly timeout: number;
  readonly fetch: typeof fetch;
}

/** An answer of the endpoint as it came, with its whole body read. */
export interface IntrospectionAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

/**
 * Asks the authorization server about a token (RFC 7662 §2.1).
 *
 * @returns sends a token there
 * @throws Error if no answer can be had, for whatever reason
 */
export function introspector(server: IntrospectionEndpoint): (token: string) => Promise<IntrospectionAnswer> {
  let known = server.endpoint;

  const find = async (): Promise<URL> => {
    const get = (url: URL) => download(server.fetch, url, server.timeout * 1000);
    known ??= await discover('introspection_endpoint', server, get);
    return known;
  };

  return async (token) => {
    const endpoint = await find();
    try {
      const response = await introspectionRequest(
        { issuer: server.issuer, introspection_endpoint: endpoint.href },
        { client_id: server.clientId },
        server.authentication,
        token,
        {
          additionalParameters: { token_type_hint: 'access_token' },
          requestJwtResponse: server.signedResponses,
          signal: () => AbortSignal.timeout(server.timeout * 1000),
          [customFetch]: (url, options) => server.fetch(url, options),
          [allowInsecureRequests]: true, // the address was checked before
        },
      );
      const contentType = response.headers.get('content-type');
      return { status: response.status, contentType, text: await readText(response, endpoint) };
    } catch (error) {
      known = server.endpoint; // it may have moved
      throw error;
    }
  };
}
