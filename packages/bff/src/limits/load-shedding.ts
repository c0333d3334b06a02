import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';

export interface LoadSheddingParts {
  readonly settings: Settings;
  readonly audit: Audit;
}

/** Milliseconds between two looks. */
const lookEvery = 250;
/** So many looks in a row must show too much: a process that stood still once is not overloaded. */
const patience = 4;
/** Seconds. */
const retryAfter = 5;

/**
 * Answers every call of the instance with 503 while the process has more to do than it can, before those that are under
 * way take for ever. @fastify/under-pressure measures; a call pays for one look at a flag.
 */
export async function shedLoad(
  fastify: FastifyInstance,
  { settings, audit }: LoadSheddingParts,
): Promise<void> {
  const { overload } = settings.limits;
  if (Object.values(overload).every((limit) => limit === 0)) return;
  const isUnderPressure = await measure(fastify, overload);
  let looks = 0;
  const timer = setInterval(() => {
    looks = isUnderPressure() ? looks + 1 : 0;
    if (looks === patience) fastify.log.warn('overloaded: calls get 503 until that is over');
  }, lookEvery);
  timer.unref();
  fastify.addHook('onClose', async () => clearInterval(timer));
  fastify.addHook('onRequest', (request, reply, done) => {
    if (looks < patience) return done();
    audit({ event: 'request.refused', code: 'overloaded', detail: 'limits.overload' }, request.id);
    sendProblem(request, reply, { code: 'overloaded', retryAfter });
  });
}

/** In a context of its own without routes: its hook would build an object per call, and its names may be the host's. */
async function measure(
  fastify: FastifyInstance,
  overload: Settings['limits']['overload'],
): Promise<() => boolean> {
  let isUnderPressure: (() => boolean) | undefined;
  await fastify.register(async (context) => {
    await context.register(underPressure, {
      sampleInterval: lookEvery,
      maxEventLoopDelay: overload.eventLoopDelay,
      maxEventLoopUtilization: overload.eventLoopUtilization,
      eventLoopUtilizationMode: 'interval',
      maxHeapUsedBytes: overload.heapUsed,
      maxRssBytes: overload.residentSet,
    });
    isUnderPressure = () => context.isUnderPressure();
  });
  if (!isUnderPressure) throw new Error('@fastify/under-pressure did not load');
  return isUnderPressure;
}
