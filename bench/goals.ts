import { apacheRedis, apacheSharedMemory } from './targets/apache.ts';
import { coatcheck, coatcheckAnonymous, coatcheckRedis, coatcheckWorkers } from './targets/coatcheck.ts';
import { expressOpenid } from './targets/express.ts';
import { nginx } from './targets/nginx.ts';
import { oauth2Proxy } from './targets/oauth2-proxy.ts';
import { offTheShelf } from './targets/off-the-shelf.ts';
import { plainPipe } from './targets/plain-pipe.ts';

/** What one target should reach beside another, in requests for the same processor time. */
export interface Goal {
  readonly target: string;
  readonly base: string;
  readonly about: string;
  /** Below this something is wrong. */
  readonly floor?: number;
  readonly goal?: number;
}

/** Figures with their spread, never assertions: machines are shared, and single rounds swing by 2 to 3 times. */
export const goals: readonly Goal[] = [
  {
    target: coatcheck.name,
    base: plainPipe.name,
    about: 'all that Coatcheck does for a signed-in call',
    floor: 0.85,
    goal: 1,
  },
  {
    target: coatcheckAnonymous.name,
    base: plainPipe.name,
    about: 'of that: Fastify, the guard, header and path rules, the careful sending',
  },
  {
    target: coatcheck.name,
    base: coatcheckAnonymous.name,
    about: 'of that: ticket, session, token',
  },
  {
    target: coatcheck.name,
    base: offTheShelf.name,
    about: 'the same put together from plugins',
    floor: 1.6,
    goal: 2.2,
  },
  {
    target: coatcheck.name,
    base: apacheSharedMemory.name,
    about: 'both with sessions of one machine',
    floor: 2,
    goal: 3,
  },
  {
    target: coatcheckRedis.name,
    base: apacheRedis.name,
    about: 'both with sessions in Redis',
    floor: 3,
    goal: 6,
  },
  {
    target: coatcheck.name,
    base: expressOpenid.name,
    about: 'its session is an encrypted cookie',
    floor: 5,
    goal: 7,
  },
  {
    target: coatcheckRedis.name,
    base: oauth2Proxy.name,
    about: 'both with sessions in Redis',
    floor: 1,
    goal: 1.5,
  },
  { target: coatcheckRedis.name, base: coatcheck.name, about: 'what a store elsewhere costs' },
  {
    target: coatcheckWorkers.name,
    base: coatcheck.name,
    about: 'what a second process on the same core costs',
  },
  { target: coatcheck.name, base: nginx.name, about: 'a plain proxy in C', floor: 0.3, goal: 0.42 },
];
