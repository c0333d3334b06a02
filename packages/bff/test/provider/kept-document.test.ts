import { expect, test } from 'vitest';
import type { Outcome } from '../../src/provider/failure.ts';
import { keepDocument, type Loaded } from '../../src/provider/kept-document.ts';

const down: Outcome<Loaded<string>> = {
  ok: false,
  failure: { kind: 'unavailable', answerLost: false, detail: 'down' },
};

/** A document whose provider answers as `next` says; lives 1,000 ms, and is usable for 5,000. */
function start({ waitAtEnd = false } = {}) {
  let now = 1_000_000;
  let asked = 0;
  const told: string[] = [];
  const state = { next: (): Outcome<Loaded<string>> => loaded(`v${asked}`) };
  const document = keepDocument<string>({
    now: () => now,
    usableFor: 5_000,
    waitAtEnd,
    async load() {
      asked += 1;
      return state.next();
    },
    failed: (failure, inUse) => told.push(`${failure?.detail ?? 'works'} with ${inUse}`),
    replaced: (before, after) => told.push(`${before} to ${after}`),
  });
  const value = async () => {
    const outcome = await document.get();
    return outcome.ok ? outcome.value : outcome.failure.detail;
  };
  return {
    state,
    document,
    told,
    value,
    asked: () => asked,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

function loaded(value: string): Outcome<Loaded<string>> {
  return { ok: true, value: { value, lifetime: 1_000 } };
}

test('it is loaded when first needed, once for all who wait', async () => {
  const { value, asked } = start();
  expect(asked()).toBe(0);
  expect(await Promise.all([value(), value(), value()])).toEqual(['v1', 'v1', 'v1']);
  expect(asked()).toBe(1);
});

test('towards the end of its life it is renewed behind the back of who asks', async () => {
  const { value, asked, pass } = start();
  await value();
  pass(749);
  expect([await value(), asked()]).toEqual(['v1', 1]);
  pass(2);
  expect([await value(), asked()]).toEqual(['v1', 2]);
  await expect.poll(value).toBe('v2');
});

test('at the end of its life who asks waits only where the old one is no good any more', async () => {
  const lenient = start();
  await lenient.value();
  lenient.pass(1_001);
  expect(await lenient.value()).toBe('v1');
  const strict = start({ waitAtEnd: true });
  await strict.value();
  strict.pass(1_001);
  expect(await strict.value()).toBe('v2');
});

test('BFF-KEY-05: a clock that is set back does not make its life longer', async () => {
  const { value, pass, document } = start({ waitAtEnd: true });
  await value();
  expect(document.isFresh()).toBe(true);
  pass(-3_600_000);
  expect(document.isFresh()).toBe(false);
  expect(await value()).toBe('v2');
  expect(document.isFresh()).toBe(true);
});

test('BFF-KEY-06: a failure takes away nothing that is usable, and is told once', async () => {
  const { state, value, pass, told } = start({ waitAtEnd: true });
  await value();
  state.next = () => down;
  pass(1_500);
  expect(await value()).toBe('v1');
  pass(3_000);
  expect(await value()).toBe('v1');
  pass(600);
  expect(await value()).toBe('down');
  expect(told).toEqual(['down with v1']);
  state.next = () => loaded('new');
  pass(60_000);
  expect(await value()).toBe('new');
  expect(told).toEqual(['down with v1', 'works with v1', 'v1 to new']);
});

test('after failures there is a pause that grows up to half a minute', async () => {
  const { state, value, asked, pass } = start();
  state.next = () => down;
  const pauses: number[] = [];
  for (let last = 0; pauses.length < 8; last = asked()) {
    let waited = 0;
    for (; asked() === last; waited += 100) {
      pass(100);
      await value();
    }
    pauses.push(waited - 100);
  }
  expect(pauses[0]).toBe(0);
  expect(pauses[1]).toBeLessThanOrEqual(500);
  expect(pauses.at(-1)).toBeGreaterThan(29_000);
  expect(pauses.at(-1)).toBeLessThanOrEqual(30_000);
});
