import { apacheRedis, apacheSharedMemory } from './apache.ts';
import {
  coatcheck,
  coatcheckAnonymous,
  coatcheckRedis,
  coatcheckWithLog,
  coatcheckWorkers,
} from './coatcheck.ts';
import { expressOpenid } from './express.ts';
import { nginx } from './nginx.ts';
import { oauth2Proxy } from './oauth2-proxy.ts';
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
  coatcheckRedis,
  coatcheckWorkers,
  offTheShelf,
  expressOpenid,
  apacheSharedMemory,
  apacheRedis,
  oauth2Proxy,
  nginx,
];

/** Ways to run the same server, measured by the small GET only. */
export const variants: readonly Target[] = [coatcheckAnonymous, coatcheckWithLog];

/** Those whose event streams are measured: one of each kind. */
export const streaming: readonly Target[] = [
  plainPipe,
  coatcheck,
  expressOpenid,
  apacheSharedMemory,
  oauth2Proxy,
  nginx,
];

/** Peers that could not be had when this was written, for the report. */
export const unobtainable: readonly string[] = [
  'wonderwall: the Go module proxy had no version of github.com/nais/wonderwall (2026-11-24)',
];
