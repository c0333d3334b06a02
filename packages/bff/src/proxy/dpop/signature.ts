/** Bytes of each of the two numbers of a P-256 signature. */
const width = 32;

/**
 * A P-256 signature as JWS has it: both numbers side by side (RFC 7518 §3.4). Made from what OpenSSL writes, since Node
 * takes as long again as the signature itself to do this for us.
 *
 * @param der ASN.1 `SEQUENCE { r INTEGER, s INTEGER }`, as `sign` of `node:crypto` returns it
 */
export function joseSignature(der: Uint8Array): Buffer {
  const signature = Buffer.alloc(2 * width);
  // Tag and length of the sequence, then tag, length and number, twice; every length fits into its one byte.
  const second = 4 + (der[3] ?? 0);
  put(signature, width, der.subarray(4, second));
  put(signature, 2 * width, der.subarray(second + 2, second + 2 + (der[second + 1] ?? 0)));
  return signature;
}

/** Right-aligned: ASN.1 leaves leading zeros out, and adds one where the first bit is set. */
function put(signature: Buffer, end: number, number: Uint8Array): void {
  const digits = number.length > width ? number.subarray(number.length - width) : number;
  signature.set(digits, end - digits.length);
}
