import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Journey } from './journey.ts';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, '../../apps/bff/src/cli/main.ts');

export const doctorJourneys: readonly Journey[] = [
  {
    name: 'is found fit by `coatcheck doctor`, which sees what the other journeys meet',
    async make({ kind, front, trust }) {
      const { offers } = kind;
      const args = ['doctor', '--json', '--issuer', kind.issuer(front.origin)];
      const { stdout } = await run(process.execPath, [program, ...args], {
        env: { ...process.env, ...trust },
      });
      const report: { works: boolean; findings: { level: string; subject: string; found: string }[] } =
        JSON.parse(stdout);
      expect(report.works).toBe(true);
      const levelOf = (subject: string) => report.findings.find((one) => one.subject === subject)?.level;
      expect(levelOf('PAR')).toBe(offers.par ? 'ok' : 'note');
      expect(levelOf('iss parameter')).toBe(offers.iss ? 'ok' : 'note');
      expect(levelOf('revocation')).toBe(offers.revocation ? 'ok' : 'note');
      expect(levelOf('clock')).toBe('ok');
      expect(report.findings.find(({ subject }) => subject === 'ID tokens')?.found).toContain(
        offers.idTokenAlg,
      );
    },
  },
];
