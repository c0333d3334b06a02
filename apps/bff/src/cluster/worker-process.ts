import cluster from 'node:cluster';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Config } from '../config/schema.ts';
import { WorkerUnfit } from '../start-failure.ts';
import { type Order, parseReport, type Question } from './messages.ts';

/** How a process ended: with a status, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A worker as the primary sees it. */
export interface WorkerProcess {
  readonly pid: number;
  /** The URL that it serves. Rejects with WorkerUnfit where it ended before. */
  readonly serving: Promise<string>;
  readonly ended: Promise<Ending>;
  /**
   * Asks it something.
   *
   * @param patience milliseconds
   * @throws where it does not answer in time, with something else, or with an error
   */
  ask<T extends TSchema>(question: Question, schema: T, patience: number): Promise<Static<T>>;
  /** Lets it drain and end; with the configured delay, or where nobody was told of it without. */
  stop(delay: boolean): void;
  kill(): void;
}

/** Starts a worker; its name is its place among the others, and that of its successors. */
export type StartWorker = (name: number) => WorkerProcess;

/** Real processes on the program in `worker.ts`, all with this configuration. */
export function workerProcesses(config: Config): StartWorker {
  // The primary accepts connections and hands them over: one that a worker does not take goes to another.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const program = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  cluster.setupPrimary({ exec: fileURLToPath(program), args: [] });
  return (name) => startProcess(name, config);
}

function startProcess(name: number, config: Config): WorkerProcess {
  const worker = cluster.fork();
  const waiting = new Map<number, (answer: { value: unknown } | { message: string }) => void>();
  const serving = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<Ending>();
  let lastId = 0;
  const send = (order: Order) => {
    if (worker.isConnected()) worker.send(order);
  };

  worker.on('message', (message: unknown) => {
    const report = parseReport(message);
    if (report?.kind === 'waiting') send({ kind: 'start', worker: name, config });
    else if (report?.kind === 'serving') serving.resolve(report.url);
    else if (report?.kind === 'unfit') serving.reject(new WorkerUnfit(report.message, report.isForPeople));
    else if (report) waiting.get(report.id)?.(report);
  });
  // A message that cannot be sent to a process that is ending; its exit tells the rest.
  worker.on('error', () => undefined);
  worker.once('exit', (code: number | null, signal: string | null) => {
    const how = signal === null ? `with status ${code}` : `by ${signal}`;
    serving.reject(new WorkerUnfit(`Worker ${name} ended ${how} before it served.`, false));
    for (const settle of waiting.values()) settle({ message: `it ended ${how}` });
    ended.resolve({ code, signal });
  });
  // Who waits for it hears of it all the same.
  serving.promise.catch(() => undefined);

  return {
    pid: worker.process.pid ?? -1,
    serving: serving.promise,
    ended: ended.promise,
    async ask(question, schema, patience) {
      lastId += 1;
      const id = lastId;
      const answer = await new Promise<{ value: unknown } | { message: string }>((resolve) => {
        const late = setTimeout(() => resolve({ message: `no answer within ${patience} ms` }), patience);
        waiting.set(id, (found) => {
          clearTimeout(late);
          resolve(found);
        });
        send({ kind: 'ask', id, question });
      });
      waiting.delete(id);
      if ('message' in answer) throw new Error(`worker ${name}: ${answer.message}`);
      return Value.Parse(schema, answer.value);
    },
    stop: (delay) => send({ kind: 'stop', delay }),
    kill: () => worker.process.kill('SIGKILL'),
  };
}
