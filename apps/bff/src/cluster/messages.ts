import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { configSchema } from '../config/schema.ts';

/** What the primary wants to know of a worker, or done by one. */
const question = Type.Union([
  Type.Object({ about: Type.Literal('checks') }),
  Type.Object({ about: Type.Literal('metrics') }),
  Type.Object({ about: Type.Literal('endSubject'), issuer: Type.String(), subject: Type.String() }),
]);

export type Question = Static<typeof question>;

/** From the primary to a worker. The configuration is read once, by the primary: all workers have the same. */
const order = Type.Union([
  Type.Object({ kind: Type.Literal('start'), worker: Type.Integer(), config: configSchema }),
  Type.Object({ kind: Type.Literal('ask'), id: Type.Integer(), question }),
  Type.Object({ kind: Type.Literal('stop'), delay: Type.Boolean() }),
]);

export type Order = Static<typeof order>;

/** From a worker to the primary. */
const report = Type.Union([
  Type.Object({ kind: Type.Literal('waiting') }),
  Type.Object({ kind: Type.Literal('serving'), url: Type.String() }),
  Type.Object({ kind: Type.Literal('unfit'), message: Type.String(), isForPeople: Type.Boolean() }),
  Type.Object({ kind: Type.Literal('answer'), id: Type.Integer(), value: Type.Unknown() }),
  Type.Object({ kind: Type.Literal('no-answer'), id: Type.Integer(), message: Type.String() }),
]);

export type Report = Static<typeof report>;

/** What is no order of ours is somebody else's message. */
export function parseOrder(message: unknown): Order | undefined {
  return Value.Check(order, message) ? message : undefined;
}

/** What is no report of ours is somebody else's message. */
export function parseReport(message: unknown): Report | undefined {
  return Value.Check(report, message) ? message : undefined;
}

/** The answer to `checks`: what a process needs before traffic comes. */
export const checksAnswer = Type.Object({
  store: Type.Boolean(),
  providers: Type.Record(Type.String(), Type.Boolean()),
  /** By route and origin. */
  upstreams: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
});

/** The answer to `metrics`: the Prometheus text format. */
export const metricsAnswer = Type.String();

/** The answer to `endSubject`: how many sessions there were. */
export const endedAnswer = Type.Integer();
