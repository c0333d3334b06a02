import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { providerFetch } from '../src/provider/fetch.ts';

/** Says when it is asked, answers when the first number says so, and puts the second to 1 when the answer has left. */
const server = `
  const { workerData, parentPort } = require('node:worker_threads');
  const { createServer } = require('node:http');
  const flags = new Int32Array(workerData);
  createServer((request, response) => {
    parentPort.postMessage('asked');
    Atomics.wait(flags, 0, 0);
    response.setHeader('content-type', 'application/json');
    response.end('{"access_token":"a"}', () => { Atomics.store(flags, 1, 1); Atomics.notify(flags, 1); });
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;

const timeout = 300;
const request = {
  method: 'POST',
  body: 'grant_type=refresh_token',
  headers: {},
  redirect: 'manual',
} as const;
const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

async function startServer() {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(server, { eval: true, workerData: flags.buffer });
  workers.push(worker);
  const [port] = await once(worker, 'message');
  return { flags, worker, url: `http://127.0.0.1:${port}` };
}

test('BFF-REF-07: an answer that lies in the socket counts, however long the process stood still', async () => {
  const { flags, worker, url } = await startServer();
  const answer = providerFetch(false, globalThis.fetch, timeout)(url, request);
  await once(worker, 'message');
  // From here on nothing of this thread runs until the answer is there and the limit is over.
  Atomics.store(flags, 0, 1);
  Atomics.notify(flags, 0);
  Atomics.wait(flags, 1, 0, 10_000);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timeout + 200);
  expect(await (await answer).json()).toEqual({ access_token: 'a' });
});

test('without an answer it gives up after the limit, and says that the answer may be lost', async () => {
  const { flags, url } = await startServer();
  const startedAt = performance.now();
  const answer = providerFetch(false, globalThis.fetch, timeout)(url, request);
  await expect(answer).rejects.toMatchObject({ failure: { kind: 'unavailable', answerLost: true } });
  expect(performance.now() - startedAt).toBeGreaterThan(timeout - 20);
  expect(Atomics.load(flags, 1)).toBe(0);
});
