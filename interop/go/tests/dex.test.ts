import { dex } from '../../servers/dex/dex.ts';
import { makeJourneys } from '../../tests/journeys.ts';

makeJourneys(dex);
