import type { Spread } from './rounds.ts';

/** One bar: how long, and how far its quartiles reach. */
export interface Bar {
  readonly label: string;
  readonly spread: Spread;
  /** Drawn in the colour that stands out. */
  readonly ours: boolean;
}

/** Bars of one unit, below a title of their own. */
export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const width = 760;
const labels = 206;
const numbers = 70;
const line = 20;
const head = 40;
const colours = { ours: '#2f6f5e', other: '#b4b9c1', text: '#1d2127', quiet: '#5f6773' } as const;

/**
 * Draws panels of horizontal bars, one below the other, as SVG. Each panel has a scale of its own from 0; a thin line
 * over the end of a bar spans its quartiles.
 */
export function drawChart(title: string, panels: readonly Panel[]): string {
  let top = 44;
  const drawn: string[] = [];
  for (const panel of panels) {
    drawn.push(drawPanel(panel, top));
    top += head + panel.bars.length * line + 12;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${top}" fill="#ffffff"/>`,
    `<text x="16" y="28" font-size="16" font-weight="600" fill="${colours.text}">${escaped(title)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, bars }: Panel, top: number): string {
  const longest = Math.max(...bars.map(({ spread }) => spread.q3), 0) || 1;
  const scale = (width - labels - numbers - 32) / longest;
  const rows = bars.map(({ label, spread, ours }, index) => {
    const y = top + head + index * line;
    const middle = y + line / 2;
    const [from, to] = [labels + 16 + spread.q1 * scale, labels + 16 + spread.q3 * scale];
    return [
      `<text x="${labels + 8}" y="${middle + 4}" text-anchor="end" fill="${colours.text}"${ours ? ' font-weight="600"' : ''}>${escaped(label)}</text>`,
      `<rect x="${labels + 16}" y="${y + 3}" width="${round(spread.median * scale)}" height="${line - 6}" rx="2" fill="${ours ? colours.ours : colours.other}"/>`,
      `<path d="M${round(from)} ${middle}H${round(to)}M${round(from)} ${middle - 3}v6M${round(to)} ${middle - 3}v6" stroke="${colours.text}" fill="none"/>`,
      `<text x="${round(to + 6)}" y="${middle + 4}" fill="${colours.quiet}">${thousands(spread.median)}</text>`,
    ].join('\n');
  });
  const heading = `<text x="16" y="${top + 26}" font-weight="600" font-size="13" fill="${colours.text}">${escaped(title)}</text>`;
  return [heading, ...rows].join('\n');
}

function thousands(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

function round(value: number): string {
  return value.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
