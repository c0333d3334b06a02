/**
 * The object in one part of a JWT in compact form (RFC 7519 §3), unchecked: nobody has verified the signature.
 *
 * @param part header or payload, base64url
 * @returns undefined where it is no JSON object
 */
export function jwtPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
