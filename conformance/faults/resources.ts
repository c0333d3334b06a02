/** What routes forward to; each wants a token of its own (RFC 8707). */
export const resources = ['notes', 'files'] as const;
export type Resource = (typeof resources)[number];

export function audienceOf(resource: string): string {
  return `https://${resource}.test`;
}
