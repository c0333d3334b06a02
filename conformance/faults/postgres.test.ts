import { faultRun } from './run.ts';

faultRun('PostgreSQL');
