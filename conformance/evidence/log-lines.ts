/** One line of the BFF's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/**
 * The lines of a log, each of which must be a JSON object of its own.
 *
 * @throws SyntaxError for a line that is not
 */
export function logLines(log: string): LogLine[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) throw new SyntaxError(`no object: ${line}`);
    return { ...value };
  });
}

/** The security events among them. */
export function auditEvents(log: string): LogLine[] {
  return logLines(log).filter(({ audit }) => audit === true);
}
