import type { FastifyBaseLogger } from 'fastify';
import type { Logger } from 'vite';

const prefix = '[coatcheck]';

/**
 * The BFF's log in Vite's terminal: warnings, errors, and why a sign-in failed or a request was refused. The rest would
 * drown what Vite says.
 */
export function viteLog(logger: Logger): FastifyBaseLogger {
  const nothing = () => {};
  const log: FastifyBaseLogger = {
    level: 'info',
    child: () => log,
    fatal: (...line: readonly unknown[]) => logger.error(`${prefix} ${sentenceOf(line)}`),
    error: (...line: readonly unknown[]) => logger.error(`${prefix} ${sentenceOf(line)}`),
    warn: (...line: readonly unknown[]) => logger.warn(`${prefix} ${sentenceOf(line)}`),
    info: (...line: readonly unknown[]) => {
      if (isFailure(line[0])) logger.warn(`${prefix} ${sentenceOf(line)}`);
    },
    debug: nothing,
    trace: nothing,
    silent: nothing,
  };
  return log;
}

/** Audit events say how they ended. */
function isFailure(fields: unknown): boolean {
  return typeof fields === 'object' && fields !== null && 'outcome' in fields && fields.outcome === 'failure';
}

/** Of what pino takes: fields and a message, or a message alone. */
function sentenceOf([first, second]: readonly unknown[]): string {
  if (typeof first !== 'object' || first === null) return String(first);
  const fields: Readonly<Record<string, unknown>> = { ...first };
  const { err, code, detail } = fields;
  const cause = err instanceof Error ? err.message : undefined;
  const reasons = [code, detail, cause].filter((reason) => typeof reason === 'string');
  return reasons.length === 0 ? String(second) : `${String(second)}: ${reasons.join(', ')}`;
}
