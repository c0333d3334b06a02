import type { Provider } from 'oidc-provider';
import type { Log } from '../log.ts';
import { apiScopeNames } from './scopes.ts';

/**
 * Adds the API's scopes to `scopes_supported` of the metadata (RFC 8414 §2). The library lists only those that are
 * not bound to a resource.
 */
export function completeMetadata(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const { body } = ctx;
    const isMetadata = ctx.path.startsWith('/.well-known/') && typeof body === 'object' && body !== null;
    if (isMetadata && 'scopes_supported' in body && Array.isArray(body.scopes_supported)) {
      ctx.body = { ...body, scopes_supported: [...body.scopes_supported, ...apiScopeNames] };
    }
  });
}

/** Shows our page, in JSON where that is asked for, where the library has none: for unknown paths and for bugs. */
export function catchTheRest(provider: Provider, log: Log, page: (error: string) => string): void {
  // The log is ours: without this, Koa writes to stderr too.
  provider.silent = true;
  provider.use(async (ctx, next) => {
    let error = 'not_found';
    try {
      await next();
      if (ctx.status !== 404 || ctx.body !== undefined) return;
      ctx.status = 404;
    } catch (cause) {
      log('server.error', { error: cause instanceof Error ? cause.message : String(cause) });
      error = 'server_error';
      ctx.status = 500;
    }
    const asPage = ctx.accepts('json', 'html') === 'html';
    ctx.type = asPage ? 'html' : 'json';
    ctx.body = asPage ? page(error) : { error };
  });
}
