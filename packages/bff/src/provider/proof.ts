import { createHmac } from 'node:crypto';

/** Proves that a call with this access token comes from the client (Meta, "Securing Graph API Requests"). */
export function tokenProof(accessToken: string, clientSecret: string): string {
  return createHmac('sha256', clientSecret).update(accessToken).digest('hex');
}
