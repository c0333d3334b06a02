import { readEnvironment } from './environment.ts';
import { startLab } from './lab.ts';

const read = readEnvironment(process.env);
if (read.kind === 'invalid') {
  console.error(`The attack lab cannot start:\n${read.problems.map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = 2;
} else {
  const lab = await startLab(read.settings, Date.now);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void lab.close());
}
