import { expect, test } from 'vitest';
import { type Bar, drawChart } from '../chart.ts';

function bar(label: string, median: number, ours = false): Bar {
  return { label, spread: { q1: median * 0.9, median, q3: median * 1.1 }, ours };
}

test('bars of a panel are as long as their medians, and say them', () => {
  const svg = drawChart('Calls', [
    { title: 'small', bars: [bar('ours', 20_000, true), bar('theirs', 5_000)] },
  ]);
  const lengths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, length]) =>
    Number(length),
  );
  expect(lengths).toHaveLength(2);
  expect((lengths[0] ?? 0) / (lengths[1] ?? 1)).toBeCloseTo(4, 1);
  expect(svg).toContain('>20 000<');
  expect(svg).toContain('>5 000<');
});

test('each panel has a scale of its own, and nothing leaves the picture', () => {
  const svg = drawChart('Calls', [
    { title: 'small', bars: [bar('a', 20_000)] },
    { title: 'large', bars: [bar('b', 3)] },
  ]);
  const lengths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, length]) =>
    Number(length),
  );
  expect(lengths[0]).toBe(lengths[1]);
  const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  expect(222 + Math.max(...lengths) * 1.1).toBeLessThan(width);
});

test('words cannot end an element', () => {
  expect(drawChart('a < b & c', [])).toContain('<title>a &lt; b &amp; c</title>');
});
