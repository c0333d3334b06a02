import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { clientAuthentication } from './client-authentication.ts';
import { openEncrypted } from './decryption.ts';
import { withReadableLifetime } from './expires-in.ts';
import type { KeySet, ProviderKeys } from './keys.ts';
import { type MetadataDocument, metadataUrl } from './metadata-document.ts';

/**
 * How old openid-client believes the keys to be that it is given: old enough to ask for others when it lacks one, and
 * young enough to use them. Seconds; see its `setJwksCache`.
 */
const ageOfKeys = 90;

/** Of what a configuration is made. */
export interface ConfigurationParts {
  readonly settings: ProviderSettings;
  readonly document: MetadataDocument;
  /** For requests in the client's name. */
  readonly fetch: client.CustomFetch;
  readonly keys: ProviderKeys | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A configuration of openid-client, with what there was of keys when it was made. */
export interface Configured {
  readonly config: client.Configuration;
  readonly document: MetadataDocument;
  readonly set: KeySet | undefined;
  /** Whether openid-client has asked for keys, and so remembers them itself. */
  asked(): boolean;
}

/**
 * Makes a configuration of a metadata document. Its keys are ours: openid-client would keep them five minutes whatever
 * happens, and not ask again within one.
 *
 * @param checked whether it verifies the signature of an ID token from the token endpoint. Not for a refresh, where the
 *   check comes after the tokens were issued: a key set that cannot be had just then would cost a rotated refresh token
 */
export async function configure(parts: ConfigurationParts, checked: boolean): Promise<Configured> {
  const { settings, document, keys, now } = parts;
  const set = keys?.fresh();
  let asked = false;
  const config = await client.discovery(
    // Whose metadata it is has been looked at: openid-client compares nothing where it is given the document's own URL.
    new URL(metadataUrl(settings)),
    settings.clientId,
    clientMetadata(settings),
    clientAuthentication(settings, now),
    {
      algorithm: 'oidc',
      [client.customFetch]: async () => jsonResponse(document.text),
      // Our fetch decides about http: it refuses it beyond loopback. Without the second, openid-client does not verify
      // the signature of an ID token from the token endpoint.
      execute: [
        client.allowInsecureRequests,
        (config) => openEncrypted(config, settings),
        ...(checked ? [client.enableNonRepudiationChecks] : []),
        ...(settings.responseMode === 'jwt' ? [client.useJwtResponseMode] : []),
      ],
    },
  );
  // Our fetch has a limit of its own.
  config.timeout = undefined;
  config[client.customFetch] = async (url, options) => {
    if (keys && url === keys.url && options.method === 'GET') {
      asked = true;
      const newer = keys.fresh();
      const answer = newer && newer !== set ? newer : await keys.lookUp();
      return jsonResponse(JSON.stringify({ keys: answer.keys }));
    }
    const answer = await parts.fetch(url, options);
    return options.method === 'POST' ? withReadableLifetime(answer) : answer;
  };
  if (set) {
    const uat = Math.floor(now() / 1_000) - ageOfKeys;
    client.setJwksCache(config, { jwks: { keys: [...set.keys] }, uat });
  }
  return { config, document, set, asked: () => asked };
}

function jsonResponse(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

function clientMetadata(settings: ProviderSettings): Partial<client.ClientMetadata> {
  return {
    use_mtls_endpoint_aliases: settings.clientCertificate !== null,
    [client.clockTolerance]: settings.clockTolerance / 1_000,
    ...(settings.idTokenSigningAlg === null
      ? {}
      : { id_token_signed_response_alg: settings.idTokenSigningAlg }),
    ...(settings.userInfoSigningAlg === null
      ? {}
      : { userinfo_signed_response_alg: settings.userInfoSigningAlg }),
  };
}
