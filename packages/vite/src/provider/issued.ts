import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Provider } from 'oidc-provider';

const tokenKinds = ['access_token', 'refresh_token', 'id_token'] as const;

/**
 * Writes every code and token that a provider issues to a file, one JSON object a line, so that tests know what must
 * never be in the browser (`readSecrets` of `@coatcheck/testing/playwright`). The file is emptied first.
 */
export function recordIssued(provider: Provider, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '', { mode: 0o600 });
  const write = (kind: string, value: unknown) => {
    if (typeof value === 'string') appendFileSync(file, `${JSON.stringify({ kind, value })}\n`);
  };
  provider.use(async (ctx, next) => {
    await next();
    const location = URL.parse(ctx.response.get('location'));
    write('code', location?.searchParams.get('code') ?? undefined);
    const { body } = ctx;
    if (typeof body !== 'object' || body === null) return;
    const members: Readonly<Record<string, unknown>> = { ...body };
    for (const kind of tokenKinds) write(kind, members[kind]);
  });
}
