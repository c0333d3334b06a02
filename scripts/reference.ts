import { writeFileSync } from 'node:fs';
import { renderAdvisories } from './reference/advisories.ts';
import { renderReference } from './reference/render.ts';
import { renderSdkReference } from './reference/sdk/render.ts';

/** Writes the pages of the documentation that are made from something else; tests hold the two together. */
writeFileSync(new URL('../docs/configuration.md', import.meta.url), renderReference());
writeFileSync(new URL('../docs/advisories.md', import.meta.url), renderAdvisories());
writeFileSync(new URL('../docs/sdk/reference.md', import.meta.url), renderSdkReference());
