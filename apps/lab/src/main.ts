import { answerAsAttacker } from './attacker/answer.ts';
import { createRecords } from './attacker/records.ts';
import { readEnvironment } from './environment.ts';
import { listen } from './http.ts';
import { answerAsWeakApp } from './weak-app/answer.ts';

const read = readEnvironment(process.env);
if (read.kind === 'invalid') {
  console.error(`The attack lab cannot start:\n${read.problems.map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = 2;
} else {
  const { settings } = read;
  const records = createRecords(Date.now);
  const servers = await Promise.all([
    listen(settings.weakPort, (...call) => answerAsWeakApp(settings, ...call)),
    listen(settings.attackerPort, (...call) => answerAsAttacker(settings, records, ...call)),
  ]);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    });
  }
}
