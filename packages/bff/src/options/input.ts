/** A value that should be an object, as one; empty for anything else. Rules run beside the schema, on any input. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A value that should be a list, as one; empty for anything else. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value of the configuration as it stands in a message. */
export function quote(value: string): string {
  return JSON.stringify(value.slice(0, 80));
}
