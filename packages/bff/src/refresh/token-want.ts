/** Which token a call needs. */
export interface TokenWant {
  readonly provider: string;
  /** RFC 8707; the empty string for a token without one. */
  readonly resource: string;
}
