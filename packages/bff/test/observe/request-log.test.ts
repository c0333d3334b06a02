import fastify, { type FastifyBaseLogger } from 'fastify';
import { expect, test } from 'vitest';
import { loggerOptions } from '../../src/observe/log.ts';
import { lazyRequestLog } from '../../src/observe/request-log.ts';

/** A server whose calls write what the test says, and the lines that come of it. */
async function linesOf(write: (log: FastifyBaseLogger) => void): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const app = fastify({
    logger: { ...loggerOptions('debug'), stream: { write: (line: string) => lines.push(line) } },
    genReqId: () => 'the-request',
    childLoggerFactory: lazyRequestLog,
  });
  app.get('/', (request, reply) => {
    write(request.log);
    reply.send('ok');
  });
  await app.inject('/');
  await app.close();
  return lines.map((line) => Object(JSON.parse(line))).filter(({ mark }) => mark === true);
}

test('each line of a request has its id, at every level', async () => {
  const lines = await linesOf((log) => {
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const)
      log[level]({ mark: true }, level);
  });
  expect(lines.map(({ msg }) => msg)).toEqual(['debug', 'info', 'warn', 'error', 'fatal']);
  expect(new Set(lines.map(({ reqId }) => reqId))).toEqual(new Set(['the-request']));
});

test('BFF-LEAK-06 what is secret is redacted in each line, and in those of a child', async () => {
  const secrets = { mark: true, answer: { access_token: 'canary', code: 'canary' } };
  const lines = await linesOf((log) => {
    log.info(secrets);
    log.child({ part: 'x' }).warn(secrets);
  });
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatchObject({ part: 'x', reqId: 'the-request' });
  expect(JSON.stringify(lines)).not.toContain('canary');
});

test('a level set for one request counts for that one', async () => {
  const lines = await linesOf((log) => {
    log.level = 'error';
    log.info({ mark: true }, 'too low');
    log.error({ mark: true }, 'high enough');
  });
  expect(lines.map(({ msg }) => msg)).toEqual(['high enough']);
});

test('nothing is made for a request that writes nothing', () => {
  const made: unknown[] = [];
  const parent = Object.assign(fastify().log, {
    child(bindings: unknown) {
      made.push(bindings);
      return parent;
    },
  });
  const log = lazyRequestLog(parent, { reqId: '1' }, {});
  expect(made).toEqual([]);
  log.info('now');
  log.info('and again');
  expect(made).toEqual([{ reqId: '1' }]);
});
