import { describe, expect, it } from 'vitest';
import { EventBoundary, sessionEndedEvent } from '../../src/proxy/last-event.ts';

const events = ['Content-Type', 'text/event-stream; charset=utf-8'];

/** Whether an event of ours can stand after these parts of an answer. */
function endsBetween(fields: readonly string[], parts: readonly string[]): boolean {
  const boundary = new EventBoundary();
  boundary.begin(fields);
  for (const part of parts) boundary.follow(Buffer.from(part));
  return boundary.isBetweenEvents();
}

describe('BFF-STREAM-02 the last event of a stream', () => {
  it.each([
    ['nothing', []],
    ['an event', ['data: 1\n\n']],
    ['an event with carriage returns', ['data: 1\r\n\r\n']],
    ['an event with carriage returns alone', ['data: 1\r\r']],
    ['a comment', [':\n\n']],
    ['an event in two parts', ['data: 1', '\n\n']],
    ['an event whose end is in two parts', ['data: 1\n', '\n']],
    ['an event whose end comes byte by byte', ['data: 1\r', '\n', '\r', '\n']],
  ])('can stand after %s', (_, parts) => {
    expect(endsBetween(events, parts)).toBe(true);
  });

  it.each([
    ['half a line', ['data: 1\n\ndata: {"transfer":1']],
    ['half an event', ['data: 1\n\ndata: 2\n']],
    ['a line of an event with carriage returns', ['data: 2\r\n']],
    ['an end that went on', ['data: 1\n\n', 'd']],
  ])('cannot stand after %s', (_, parts) => {
    expect(endsBetween(events, parts)).toBe(false);
  });

  it.each([
    ['another type', ['Content-Type', 'application/json']],
    ['a type that only begins so', ['content-type', 'text/event-streams']],
    ['none', []],
    ['compressed events', [...events, 'Content-Encoding', 'gzip']],
  ])('never stands in %s', (_, fields) => {
    expect(endsBetween(fields, ['data: 1\n\n'])).toBe(false);
  });

  it('says why, and has no id to resume from', () => {
    expect(String(sessionEndedEvent('signed-out'))).toBe(
      'event: coatcheck-session-ended\ndata: {"reason":"signed-out"}\n\n',
    );
  });
});
