import { writeFileSync } from 'node:fs';
import { renderReference } from './reference/render.ts';

/** Writes docs/configuration.md from the schema; a test holds the two together. */
writeFileSync(new URL('../docs/configuration.md', import.meta.url), renderReference());
