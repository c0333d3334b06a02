import { faultRun } from './run.ts';

// One after the other: each has two cores full of processes.
faultRun('Redis');
faultRun('PostgreSQL');
faultRun('SQLite');
