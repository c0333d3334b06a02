import type { CoatcheckOptions } from '@coatcheck/bff';
import type { DevelopmentUser } from './provider/users.ts';

/**
 * The options of `@coatcheck/bff`, all optional here, and what there is for development alone. Left out, `publicUrl`
 * follows Vite's port; `keys` and `store` are made and kept in Vite's cache folder; without `providers` an embedded
 * OpenID Provider signs people in.
 */
export interface CoatcheckViteOptions extends Partial<CoatcheckOptions> {
  /** Who can sign in at the embedded provider. Default: Alice, a user, and Ada, an administrator too. */
  users?: readonly DevelopmentUser[];
  /** Port of the embedded provider on 127.0.0.1. Default: 9410, or any free one where that is taken. */
  providerPort?: number;
  /** File to which the embedded provider writes each code and token, for tests with `expectNoTokens`. Default: none. */
  tokensFile?: string;
}
