import { faultRun } from './run.ts';

faultRun('SQLite');
