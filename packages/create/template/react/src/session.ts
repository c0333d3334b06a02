import { createSessionClient } from '@coatcheck/client';

/** Who is signed in, over all tabs. `session.fetch` calls the API; the server adds the token. */
export const session = createSessionClient();
