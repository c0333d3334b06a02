import type { Owner, Spent } from './stacks.ts';

const colours: Readonly<Record<Owner, string>> = {
  coatcheck: '#e8590c',
  fastify: '#868e96',
  undici: '#4dabf7',
  libraries: '#da77f2',
  node: '#8ce99a',
  'garbage collection': '#ffd43b',
  system: '#dee2e6',
};

const width = 1_400;
const rowHeight = 17;
const characterWidth = 6.6;
/** Narrower than this, a box says nothing. Pixels. */
const narrowest = 2;

interface Box {
  readonly spent: Spent;
  readonly x: number;
  readonly depth: number;
  readonly wide: number;
}

/**
 * Draws stacks as a flame graph: a box's width is the time in a function with all that it called, what it called
 * stands on it, and its colour says whose code it is. The words in full come up under the pointer.
 */
export function flameGraph(all: Spent, title: string): string {
  const boxes = boxesOf({ spent: all, x: 0, depth: 0, wide: width });
  const top = 44;
  const height = top + (Math.max(...boxes.map(({ depth }) => depth)) + 1) * rowHeight;
  const drawn = boxes.map((box) => draw(box, all.total, height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="6" y="15">${escaped(title)}</text>`,
    ...Object.entries(colours).map(([owner, colour], index) => legend(owner, colour, index)),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function boxesOf(box: Box): Box[] {
  const { spent, x, depth, wide } = box;
  const boxes = [box];
  let left = x;
  for (const callee of [...spent.callees.values()].sort((a, b) => b.total - a.total)) {
    const share = (wide * callee.total) / spent.total;
    if (share >= narrowest) boxes.push(...boxesOf({ spent: callee, x: left, depth: depth + 1, wide: share }));
    left += share;
  }
  return boxes;
}

function draw({ spent, x, depth, wide }: Box, all: number, height: number): string {
  const { name, owner } = spent.frame;
  const y = height - (depth + 1) * rowHeight;
  const percent = ((100 * spent.total) / all).toFixed(1);
  const room = Math.floor((wide - 4) / characterWidth);
  const label =
    room < 4 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, room))}</text>`;
  const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${(wide - 0.5).toFixed(1)}" height="${rowHeight - 1}" fill="${colours[owner]}"/>`;
  return `<g><title>${escaped(name)} ${percent} %</title>${box}${label}</g>`;
}

function legend(owner: string, colour: string, index: number): string {
  const x = 6 + index * 150;
  return `<rect x="${x}" y="22" width="11" height="11" fill="${colour}"/><text x="${x + 16}" y="32">${owner}</text>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
