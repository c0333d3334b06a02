import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { DemoFailure } from '../demo/failure.ts';
import { createPart, type Part, type PartOptions } from '../demo/part.ts';
import { freePorts } from '../demo/ports.ts';
import { isRunning } from './processes.ts';

const parts: Part[] = [];
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
});

async function partOf(code: string, options: Partial<PartOptions> = {}): Promise<Part> {
  const { PORT } = await freePorts();
  const part = createPart(
    {
      name: 'api',
      title: 'the demo API',
      args: ['-e', code],
      cwd: import.meta.dirname,
      env: { ...process.env, PORT: String(PORT) },
      readyUrl: `http://127.0.0.1:${PORT}/`,
    },
    { onLine() {}, onDeath() {}, ...options },
  );
  parts.push(part);
  return part;
}

const listening =
  "require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1');";

test('a part is started when it answers, and is gone when it is stopped', async () => {
  const part = await partOf(`console.log('hello'); setTimeout(() => { ${listening} }, 150)`);
  await part.start();
  const pid = part.pid() ?? 0;
  expect(isRunning(pid)).toBe(true);
  expect(part.lines()).toEqual(['hello']);
  await part.stop();
  expect(isRunning(pid)).toBe(false);
  expect(part.pid()).toBeUndefined();
});

test('stopping is not dying, and a restart is a new process', async () => {
  const onDeath = vi.fn();
  const part = await partOf(listening, { onDeath });
  await part.start();
  const before = part.pid();
  await part.restart();
  expect(part.pid()).not.toBe(before);
  await Promise.all([part.stop(), part.stop(), part.start()]);
  expect(part.pid()).toBeDefined();
  expect(onDeath).not.toHaveBeenCalled();
});

test('a part that dies before it answers fails the start with its last lines', async () => {
  const part = await partOf(
    "for (let i = 0; i < 30; i += 1) console.error('line ' + i); process.exitCode = 3",
  );
  const failure = await part.start().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DemoFailure);
  expect(String(failure)).toContain('the demo API ended with status 3. Its last lines:\n  line 10\n');
  expect(String(failure)).toContain('line 29');
});

test('a part that never answers fails the start and does not stay', async () => {
  const pids: string[] = [];
  const part = await partOf('console.log(process.pid); setInterval(() => {}, 1000)', {
    readyWithinSeconds: 0.5,
    onLine: (line) => pids.push(line),
  });
  await expect(part.start()).rejects.toThrow('the demo API does not answer');
  expect(isRunning(Number(pids[0]))).toBe(false);
});

test('a part that dies later is reported once with its last lines', async () => {
  const death = Promise.withResolvers<DemoFailure>();
  const part = await partOf(
    `${listening} process.on('SIGUSR2', () => { console.error('boom'); process.exit(9); })`,
    {
      onDeath: death.resolve,
    },
  );
  await part.start();
  process.kill(part.pid() ?? 0, 'SIGUSR2');
  expect((await death.promise).message).toBe('the demo API ended with status 9. Its last lines:\n  boom');
  expect(part.pid()).toBeUndefined();
});

test('a part that does not heed SIGTERM is killed', async () => {
  const part = await partOf(`process.on('SIGTERM', () => {}); ${listening}`, { stopWithinSeconds: 0.2 });
  await part.start();
  const pid = part.pid() ?? 0;
  await part.stop();
  expect(isRunning(pid)).toBe(false);
});

test('when the demo is killed its parts end', async () => {
  const { PORT } = await freePorts();
  const module = path.join(import.meta.dirname, '../demo/part.ts');
  const plan = {
    name: 'api',
    title: 'the demo API',
    args: ['-e', listening],
    cwd: import.meta.dirname,
    env: { PORT: String(PORT) },
    readyUrl: `http://127.0.0.1:${PORT}/`,
  };
  const demo = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { createPart } from ${JSON.stringify(module)};
       const part = createPart(${JSON.stringify(plan)}, { onLine() {}, onDeath() {} });
       await part.start();
       console.log(part.pid());
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [output] = await once(demo.stdout, 'data');
  const pid = Number(String(output));
  expect(isRunning(pid)).toBe(true);
  demo.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 5_000 });
});
