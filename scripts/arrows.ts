import path from 'node:path';
import { checkArrows } from './arrows/check.ts';

const root = path.join(import.meta.dirname, '..');
const { files, imports, problems } = checkArrows(root);
for (const problem of problems) console.error(problem);
console.log(`arrows: ${files} files, ${imports} imports, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
