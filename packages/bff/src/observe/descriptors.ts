/**
 * How many files and sockets this process may have open, as the system says (RLIMIT_NOFILE, `ulimit -n`). Node has
 * raised it to the hard limit.
 *
 * @returns undefined where there is no such limit, or it is not told
 */
export function descriptorLimit(): number | undefined {
  const limits = property(process.report.getReport(), 'userLimits');
  const soft = property(property(limits, 'open_files'), 'soft');
  return typeof soft === 'number' && soft > 0 ? soft : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
