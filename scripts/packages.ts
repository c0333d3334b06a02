import path from 'node:path';
import { judgePack } from './packages/judge.ts';
import { packMembers, publishedMembers } from './packages/published.ts';

const root = path.join(import.meta.dirname, '..');
const members = publishedMembers(root);
if (members.length === 0) throw new Error('No member of the workspace is published.');

const { packs, remove } = await packMembers(root, members);
try {
  for (const pack of packs) {
    const faults = await judgePack(root, pack);
    console.log(`${faults.length === 0 ? 'fine  ' : 'broken'} ${pack.name}`);
    for (const fault of faults) console.log(fault);
    if (faults.length > 0) process.exitCode = 1;
  }
} finally {
  remove();
}
