import type { EmulatedClient } from '../emulator.ts';

/** An app as Meta knows it. */
export interface FacebookApp extends EmulatedClient {
  /** Every call from a server needs `appsecret_proof` ("Require App Secret"). A wrong one is refused in any case. */
  readonly requireAppSecretProof?: boolean;
}
