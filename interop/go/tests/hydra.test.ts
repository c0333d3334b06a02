import { hydras } from '../../servers/hydra/hydra.ts';
import { makeJourneys } from '../../tests/journeys.ts';

for (const kind of hydras) makeJourneys(kind);
