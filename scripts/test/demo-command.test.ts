import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { freePorts } from '../demo/ports.ts';
import type { Ports } from '../demo/settings.ts';
import { fakeWorkspace } from './fake-workspace.ts';

const root = fakeWorkspace();
const scripts = path.join(import.meta.dirname, '..');
cpSync(scripts, path.join(root, 'scripts'), { recursive: true });
symlinkSync(path.join(scripts, '../node_modules'), path.join(root, 'node_modules'));

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  }
});

async function run(...args: string[]) {
  const ports = await freePorts();
  const child = spawn(process.execPath, ['scripts/demo.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...texts(ports) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const printed = (text: string) => vi.waitFor(() => expect(output).toContain(text), { timeout: 15_000 });
  return { child, ports, printed, output: () => output };
}

function texts(ports: Ports): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
}

test('it prints one URL and two accounts, and SIGTERM ends all of it', async () => {
  const { child, ports, printed, output } = await run();
  await printed('Ctrl-C');
  expect(output().match(/https?:\/\/\S+/g)).toEqual([`http://localhost:${ports.PORT}`]);
  expect(output().match(/\S+@example\.test/g)).toEqual(['alice@example.test', 'admin@example.test']);
  expect(await (await fetch(`http://127.0.0.1:${ports.PORT}`)).text()).toBe('bff');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  for (const port of [ports.PORT, ports.API_PORT, ports.IDP_PORT]) {
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  }
});

test('a part that dies ends the demo with its last lines', async () => {
  const { child, printed, output } = await run();
  await printed('Ctrl-C');
  writeFileSync(path.join(root, '.data/die-idp'), '');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(output()).toMatch(
    /the demo provider ended with status 7\. Its last lines:\n(?:.*\n)*.*idp lost its way/,
  );
});

test('an unknown flag is answered with the usage', async () => {
  const { child, output } = await run('--http');
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(output()).toContain("Unknown option '--http'");
  expect(output()).toContain('demo [--https] [--dev]');
});
