import { coatcheck, coatcheckAnonymous, coatcheckWithLog } from './coatcheck.ts';
import { nginx } from './nginx.ts';
import { offTheShelf } from './off-the-shelf.ts';
import { plainPipe } from './plain-pipe.ts';
import type { Target } from './target.ts';

/** What every other target is divided by. */
export const base = plainPipe;

/** Everything that is measured, in the order of the report. */
export const targets: readonly Target[] = [
  plainPipe,
  coatcheck,
  coatcheckAnonymous,
  coatcheckWithLog,
  offTheShelf,
  nginx,
];
