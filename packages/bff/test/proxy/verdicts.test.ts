import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/proxy/send.ts';
import { createCircuitBreaker } from '../../src/proxy/upstream/circuit-breaker.ts';
import { isUnconnected, verdictOf, verdictOfEnd } from '../../src/proxy/upstream/retry.ts';

const cause = new Error('x');
const failed = (
  code: 'upstream_timeout' | 'upstream_invalid' | 'payload_too_large',
  stage: 'queued' | 'connecting' | 'exchanging',
) => ({ kind: 'failed', code, cause, stage }) satisfies Outcome;

describe('what the end of a call says of its upstream', () => {
  it.each([
    ['a status that was intercepted', { kind: 'intercepted', status: 503 }, 'fails'],
    ['another one', { kind: 'intercepted', status: 429 }, 'works'],
    ['a refused token', { kind: 'token_refused' }, 'works'],
    ['a browser that left', { kind: 'aborted', by: 'client', cause }, 'unknown'],
    ['no connection', failed('upstream_timeout', 'connecting'), 'fails'],
    ['no answer', failed('upstream_timeout', 'exchanging'), 'fails'],
    ['an answer that breaks the rules', failed('upstream_invalid', 'exchanging'), 'works'],
    ['no connection free here', failed('upstream_timeout', 'queued'), 'unknown'],
    ['content over the limit', failed('payload_too_large', 'exchanging'), 'unknown'],
  ] satisfies [string, Outcome, string][])('%s', (_, outcome, verdict) => {
    expect(verdictOfEnd(outcome)).toBe(verdict);
  });

  it('only a call for which no connection came about was never seen', () => {
    expect(isUnconnected(failed('upstream_timeout', 'connecting'))).toBe(true);
    expect(isUnconnected(failed('upstream_timeout', 'queued'))).toBe(false);
    expect(isUnconnected(failed('upstream_timeout', 'exchanging'))).toBe(false);
    expect(isUnconnected({ kind: 'answered', status: 200 })).toBe(false);
  });

  it('a status says that it could not serve, or that it works', () => {
    expect([502, 503, 504, 500, 404, 200].map(verdictOf)).toEqual([
      ...['fails', 'fails', 'fails', 'works', 'works', 'works'],
    ]);
  });
});

describe('a circuit breaker', () => {
  it('learns nothing more from calls that passed before it opened', () => {
    const breaker = createCircuitBreaker({ failures: 1, openFor: 100 }, () => undefined);
    const [early, late] = [breaker.enter(0), breaker.enter(0)];
    late('fails', 1);
    early('works', 2);
    expect(breaker.state(3)).toBe('open');
    const trial = breaker.enter(200);
    trial('works', 201);
    expect(breaker.state(202)).toBe('closed');
  });

  it('counts the first verdict of a call', () => {
    const breaker = createCircuitBreaker({ failures: 2, openFor: 100 }, () => undefined);
    const tell = breaker.enter(0);
    tell('fails', 1);
    tell('fails', 2);
    expect(breaker.state(3)).toBe('closed');
    const other = breaker.enter(3);
    other('unknown', 4);
    other('fails', 5);
    expect(breaker.state(6)).toBe('closed');
  });
});
