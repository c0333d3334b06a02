import { answerAsAttacker } from './attacker/answer.ts';
import { createRecords } from './attacker/records.ts';
import type { LabSettings } from './environment.ts';
import { listen } from './http.ts';
import { answerAsWeakApp } from './weak-app/answer.ts';

/** The weak app and the attacker's server, listening. */
export interface Lab {
  close(): Promise<void>;
}

/** @param now milliseconds since the epoch */
export async function startLab(settings: LabSettings, now: () => number): Promise<Lab> {
  const records = createRecords(now);
  const servers = await Promise.all([
    listen(settings.weakPort, (...call) => answerAsWeakApp(settings, ...call)),
    listen(settings.attackerPort, (...call) => answerAsAttacker(settings, records, ...call)),
  ]);
  return {
    async close() {
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise<void>((resolve) => server.close(() => resolve()));
        }),
      );
    },
  };
}
