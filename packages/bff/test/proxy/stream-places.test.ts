import { expect, it, onTestFinished } from 'vitest';
import { createStreams } from '../../src/web/streams.ts';
import { startRig } from '../rig.ts';

it('so many streams are open at a time, and a place that is given back is free', () => {
  const streams = createStreams(2);
  const first = streams.open();
  streams.open();
  expect(streams.open()).toBeUndefined();
  first?.closed();
  expect(streams.open()).toBeDefined();
  expect(streams.open()).toBeUndefined();
});

it('all are told when the server stops, also who says too late how, and no more come', () => {
  const streams = createStreams(9);
  const told: string[] = [];
  const [early, late] = [streams.open(), streams.open()];
  early?.onStop(() => told.push('early'));
  streams.stop();
  late?.onStop(() => told.push('late'));
  expect(told).toEqual(['early', 'late']);
  expect(streams.open()).toBeUndefined();
});

it('a forwarded event stream that has no place is refused, ordinary calls go on', async () => {
  const rig = await startRig({}, { session: 'none' });
  onTestFinished(rig.close);
  const jar = rig.browser();
  rig.app.coatcheck.drain();
  const refused = await jar.fetch('/api/stream', { headers: { accept: 'text/event-stream' } });
  expect([refused.status, refused.headers.get('coatcheck-problem')]).toEqual([503, 'too_many_streams']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(rig.upstream.hits()).toBe(0);
  expect((await jar.fetch('/api/notes')).status).toBe(200);
});
