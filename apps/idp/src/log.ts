import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/** What an event may say. Never a token, a code, a secret, a session id or a query string. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** Takes one event. */
export type Log = (event: string, fields: LogFields) => void;

/** Writes events as lines of JSON. */
export function jsonLog(write: (line: string) => void, now: () => Date): Log {
  return (event, fields) => write(`${JSON.stringify({ time: now().toISOString(), event, ...fields })}\n`);
}

interface ProtocolError extends Error {
  readonly error_description?: string | undefined;
}

/** Logs what happens in the provider: what was asked, by which client, and how it ended. */
export function logProvider(provider: Provider, log: Log): void {
  const about = (ctx: KoaContextWithOIDC): LogFields => ({
    client: ctx.oidc.client?.clientId,
    sub: ctx.oidc.account?.accountId,
  });
  const failed = (event: string) => (ctx: KoaContextWithOIDC, error: ProtocolError) =>
    log(event, { ...about(ctx), error: error.message, description: error.error_description });

  provider.on('authorization.success', (ctx) => log('authorization.success', about(ctx)));
  provider.on('authorization.error', failed('authorization.error'));
  provider.on('grant.success', (ctx) =>
    log('grant.success', { ...about(ctx), grantType: String(ctx.oidc.params?.grant_type) }),
  );
  provider.on('grant.error', failed('grant.error'));
  provider.on('grant.revoked', (ctx) => log('grant.revoked', about(ctx)));
  provider.on('end_session.success', (ctx) => log('end_session.success', about(ctx)));
  provider.on('end_session.error', failed('end_session.error'));
  provider.on('backchannel.success', (_ctx, client) =>
    log('backchannel.success', { client: client.clientId }),
  );
  provider.on('backchannel.error', (_ctx, error, client) =>
    log('backchannel.error', { client: client.clientId, error: error.message }),
  );
  provider.on('server_error', (_ctx, error) => log('server.error', { error: error.message }));
}
