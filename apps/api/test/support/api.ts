import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type ApiOptions, buildApi } from '../../src/app.ts';
import { openDatabase } from '../../src/database.ts';
import { audience } from './authorization-server.ts';

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'demo-api-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Builds the API for one test, on a database in memory unless a file is given. */
export async function startApi(issuer: string, options: Partial<ApiOptions> & { file?: string } = {}) {
  const opened = openDatabase(options.file ?? ':memory:');
  if (opened.kind !== 'open') throw new Error(opened.detail);
  const app = await buildApi({ issuer, audience, database: opened.database, ...options });
  onTestFinished(() => app.close());
  return app;
}
