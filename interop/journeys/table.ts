import { doctorJourneys } from './doctor.ts';
import type { Journey } from './journey.ts';
import { keyJourneys } from './keys.ts';
import { logoutJourneys } from './logout.ts';
import { proofJourneys } from './proofs.ts';
import { refreshJourneys } from './refresh.ts';
import { signInJourneys } from './sign-in.ts';

/** All journeys, in the order in which they are made: those that move the BFF's clock on come last. */
export const journeys: readonly Journey[] = [
  ...doctorJourneys,
  ...signInJourneys,
  ...proofJourneys,
  ...logoutJourneys,
  ...refreshJourneys,
  ...keyJourneys,
];
