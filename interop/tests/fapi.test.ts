import { fapiProviders } from '../servers/oidc-provider/oidc-provider.ts';
import { makeJourneys } from './journeys.ts';

for (const kind of fapiProviders) makeJourneys(kind);
