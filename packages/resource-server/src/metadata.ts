import { isAcceptableUrl } from './addresses.ts';

type Download = (url: URL) => Promise<{ status: number; text: string }>;

interface Issuer {
  readonly issuer: string;
  readonly allowInsecureHttp: boolean;
}

const options = { jwks_uri: 'jwksUri', introspection_endpoint: 'introspection.endpoint' } as const;

/**
 * Finds an address of an issuer in its metadata: OpenID Connect Discovery §4 first, then RFC 8414 §3.
 *
 * @throws Error if neither document can be had, names another issuer, or has no usable address of that name
 */
export async function discover(
  name: 'jwks_uri' | 'introspection_endpoint',
  { issuer, allowInsecureHttp }: Issuer,
  download: Download,
): Promise<URL> {
  for (const url of metadataUrls(issuer)) {
    const { status, text } = await download(url);
    if (status === 404) continue;
    if (status !== 200) throw new Error(`${url.href} answered with status ${status}`);
    return readAddress(name, parseMetadata(text, url, issuer), url, allowInsecureHttp);
  }
  throw new Error(`${issuer} has no metadata: set the option ${options[name]}`);
}

function metadataUrls(issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`${origin}${path}/.well-known/openid-configuration`),
    new URL(`${origin}/.well-known/oauth-authorization-server${path}`),
  ];
}

function parseMetadata(text: string, url: URL, issuer: string): object {
  const metadata: unknown = JSON.parse(text);
  if (typeof metadata !== 'object' || metadata === null) throw new Error(`${url.href} is no JSON object`);
  // RFC 8414 §3.3: anything but the very same string is another server.
  if (!('issuer' in metadata) || metadata.issuer !== issuer) {
    throw new Error(`${url.href} is the metadata of another issuer`);
  }
  return metadata;
}

function readAddress(name: string, metadata: object, url: URL, allowInsecureHttp: boolean): URL {
  const address: unknown = new Map(Object.entries(metadata)).get(name);
  if (typeof address !== 'string' || !isAcceptableUrl(address, allowInsecureHttp)) {
    throw new Error(`${url.href} has no https ${name}`);
  }
  return new URL(address);
}
