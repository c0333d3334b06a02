import { isAcceptableUrl } from './addresses.ts';

type Download = (url: URL) => Promise<{ status: number; text: string }>;

interface Issuer {
  readonly issuer: string;
  readonly allowInsecureHttp: boolean;
}

/**
 * Finds the key set of an issuer in its metadata: OpenID Connect Discovery §4 first, then RFC 8414 §3.
 *
 * @throws Error if neither document can be had, names another issuer, or names no usable `jwks_uri`
 */
export async function discoverJwksUri(
  { issuer, allowInsecureHttp }: Issuer,
  download: Download,
): Promise<URL> {
  for (const url of metadataUrls(issuer)) {
    const { status, text } = await download(url);
    if (status === 404) continue;
    if (status !== 200) throw new Error(`${url.href} answered with status ${status}`);
    return readMetadata(text, url, issuer, allowInsecureHttp);
  }
  throw new Error(`${issuer} has no metadata: set the option jwksUri`);
}

function metadataUrls(issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`${origin}${path}/.well-known/openid-configuration`),
    new URL(`${origin}/.well-known/oauth-authorization-server${path}`),
  ];
}

function readMetadata(text: string, url: URL, issuer: string, allowInsecureHttp: boolean): URL {
  const metadata: unknown = JSON.parse(text);
  if (typeof metadata !== 'object' || metadata === null) throw new Error(`${url.href} is no JSON object`);
  // RFC 8414 §3.3: anything but the very same string is another server.
  if (!('issuer' in metadata) || metadata.issuer !== issuer) {
    throw new Error(`${url.href} is the metadata of another issuer`);
  }
  const jwksUri = 'jwks_uri' in metadata ? metadata.jwks_uri : undefined;
  if (typeof jwksUri !== 'string' || !isAcceptableUrl(jwksUri, allowInsecureHttp)) {
    throw new Error(`${url.href} has no https jwks_uri`);
  }
  return new URL(jwksUri);
}
