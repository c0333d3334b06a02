import { expect, test } from 'vitest';
import { flameGraph } from '../profile/flame-graph.ts';
import { byOwner, bySelf, stacksOf } from '../profile/stacks.ts';

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 0 });

/** forward calls dispatch, which writes; then nothing is to do. 10 µs each, from 1,000 on. */
const written = JSON.stringify({
  startTime: 1_000,
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 5] },
    { id: 2, callFrame: frame('forward', 'file:///x/packages/bff/src/proxy/forward.ts'), children: [3] },
    {
      id: 3,
      callFrame: frame('dispatch', 'file:///x/node_modules/.pnpm/u/node_modules/undici/lib/d.js'),
      children: [4],
    },
    { id: 4, callFrame: frame('write<v>', '') },
    { id: 5, callFrame: frame('(idle)', '') },
  ],
  samples: [2, 3, 4, 4, 5, 2],
  timeDeltas: [10, 10, 10, 10, 10, 10],
});

test('time is told by whose code it is spent in, and idle time is none', () => {
  const spent = stacksOf(written, 0, Number.POSITIVE_INFINITY);
  expect(spent.total).toBe(40);
  expect(byOwner(spent)).toEqual([
    ['system', 20],
    ['coatcheck', 10],
    ['undici', 10],
  ]);
  expect(bySelf(spent)[0]).toMatchObject([{ name: 'write<v>' }, 20]);
});

test('only samples of the time that is asked for count', () => {
  expect(stacksOf(written, 1_025, 1_045).total).toBe(20);
});

test('what is no profile is said to be none', () => {
  expect(() => stacksOf('{"nodes":[]}', 0, 1)).toThrow('no CPU profile');
});

test('the graph has a box for each function, with its share, and is well-formed', () => {
  const svg = flameGraph(stacksOf(written, 0, Number.POSITIVE_INFINITY), 'a & b');
  expect(svg).toContain('<title>dispatch undici/lib/d.js:1 75.0 %</title>');
  expect(svg).toContain('a &amp; b');
  expect(svg).toContain('write&lt;v&gt;');
  expect(svg).not.toContain('idle');
});
