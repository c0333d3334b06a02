import { faultRun } from './run.ts';

faultRun('Redis');
