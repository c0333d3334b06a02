import { expect, it } from 'vitest';
import { createWebSocketLimits } from '../../../src/proxy/websocket/limits.ts';

it('BFF-STREAM-05: an upstream takes so many, whoever they are of, and each of them is counted out once', () => {
  const limits = createWebSocketLimits(2);
  const leave = limits.enter('http://a', 'alice', 9);
  limits.enter('http://a', undefined, 9);
  expect(limits.enter('http://a', 'bob', 9)).toBe('upstream_full');
  expect(typeof limits.enter('http://b', 'bob', 9)).toBe('function');
  expect([limits.held('http://a'), limits.held('http://b'), limits.held('http://c')]).toEqual([2, 1, 0]);

  if (typeof leave === 'string') throw new Error(leave);
  leave();
  leave();
  expect(limits.held('http://a')).toBe(1);
  expect(typeof limits.enter('http://a', 'bob', 9)).toBe('function');
  expect(limits.enter('http://a', 'bob', 9)).toBe('upstream_full');
});

it('BFF-STREAM-05: a session takes so many of all upstreams together, and nobody without one has such a limit', () => {
  const limits = createWebSocketLimits(100);
  const leave = limits.enter('http://a', 'alice', 2);
  limits.enter('http://b', 'alice', 2);
  expect(limits.enter('http://c', 'alice', 2)).toBe('session_full');
  expect(limits.held('http://c')).toBe(0);
  for (let at = 0; at < 5; at += 1) expect(typeof limits.enter('http://c', undefined, 2)).toBe('function');

  if (typeof leave === 'string') throw new Error(leave);
  leave();
  leave();
  expect(typeof limits.enter('http://c', 'alice', 2)).toBe('function');
  expect(limits.enter('http://c', 'alice', 2)).toBe('session_full');
});
