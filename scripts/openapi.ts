import { writeFileSync } from 'node:fs';
import { renderOpenApi } from './openapi/document.ts';

/** Writes docs/openapi.json from the protocol and the registry of problems; a test holds the three together. */
writeFileSync(new URL('../docs/openapi.json', import.meta.url), renderOpenApi());
