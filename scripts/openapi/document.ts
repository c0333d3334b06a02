import { cookieNames } from '../../packages/protocol/src/index.ts';
import { managementOperations, ownOperations, proxyOperations } from './operations.ts';
import { schemas } from './schemas.ts';

/** docs/openapi.json as text: what the BFF answers, with the default prefix. */
export function renderOpenApi(): string {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Coatcheck',
      version: '0.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Made by scripts/openapi.ts. Routes with the ticket want proof that our own page asks: Sec-Fetch-Site: same-origin, or X-Requested-With where a caller has no Fetch Metadata.',
    },
    servers: [{ url: 'http://localhost:3000' }],
    paths: { ...ownOperations, ...proxyOperations, ...managementOperations },
    components: {
      schemas,
      securitySchemes: { ticket: { type: 'apiKey', in: 'cookie', name: cookieNames().ticket } },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
