import { afterAll, beforeAll, describe, it } from 'vitest';
import { journeys } from '../journeys/table.ts';
import type { ServerKind } from '../servers/server.ts';
import { openStage, type Stage } from '../stage.ts';

/** Makes all the journeys that a server offers. */
export function makeJourneys(kind: ServerKind): void {
  describe(kind.name, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage(kind);
      console.info(`${kind.name}, version ${stage.server.version}`);
    });
    afterAll(() => stage?.close());
    for (const journey of journeys) {
      if (journey.isOffered?.(kind.offers) === false) continue;
      it(journey.name, () => journey.make(stage));
    }
  });
}
