import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { sqlite } from './sqlite.ts';
import type { StoreKind } from './store.ts';

export const storeKinds: readonly StoreKind[] = [sqlite, redis, postgres];
