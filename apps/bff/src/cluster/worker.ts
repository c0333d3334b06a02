import cluster from 'node:cluster';
import { inspect } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { openPublicSide, type PublicSide } from '../public-side.ts';
import { isForPeople } from '../start-failure.ts';
import { type Order, parseOrder, type Question, type Report } from './messages.ts';

/*
 * The program of a worker. It serves the browsers and answers the primary. On a signal of its own it drains and ends,
 * and the primary starts another in its place; so it does where the primary is gone.
 */
let side: PublicSide | undefined;

// Node would end the process in the middle of everything: a refresh that is not stored yet is a lost session.
if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;

process.on('message', (message) => {
  const order = parseOrder(message);
  if (order) void obey(order);
});
process.once('disconnect', () => leave(true));
tell({ kind: 'waiting' });

async function obey(order: Order): Promise<void> {
  if (order.kind === 'start') await start(order);
  else if (order.kind === 'stop') leave(order.delay);
  else {
    const { id } = order;
    await answer(order.question).then(
      (value) => tell({ kind: 'answer', id, value }),
      (error: unknown) => tell({ kind: 'no-answer', id, message: String(error) }),
    );
  }
}

async function start({ config, worker }: Order & { kind: 'start' }): Promise<void> {
  try {
    side = await openPublicSide(config, worker);
  } catch (error) {
    const known = isForPeople(error);
    tell({ kind: 'unfit', message: known ? error.message : inspect(error), isForPeople: known }, () =>
      process.exit(1),
    );
    return;
  }
  const { app, url, close } = side;
  closeWithGrace({ delay: false, logger: app.log }, async ({ err }) => {
    if (err) app.log.error({ err }, 'stopping after an error');
    await close();
  });
  tell({ kind: 'serving', url });
}

/** Not by close-with-grace: a signal to the whole group, which comes after it, would count as the second one. */
function leave(delay: boolean): void {
  if (!side) process.exit(1);
  (delay ? side.close() : side.abandon()).then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

async function answer(question: Question): Promise<unknown> {
  if (!side) throw new Error('the worker does not serve yet');
  const { coatcheck } = side.app;
  if (question.about === 'checks') return coatcheck.checks();
  if (question.about === 'metrics') return coatcheck.metrics();
  return coatcheck.endSubject(question.issuer, question.subject);
}

function tell(report: Report, then?: () => void): void {
  // Where the primary is gone, `disconnect` says so.
  if (!process.connected) then?.();
  else process.send?.(report, undefined, undefined, () => then?.());
}
