/** A palette, and the index in it of every colour that it was made from. Colours are 0xRRGGBB. */
export interface Palette {
  readonly colors: readonly number[];
  indexOf(color: number): number;
}

/** The colours that most pixels have, so that areas keep theirs to the letter; the edges of letters get the nearest. */
export function mostFrequent(pictures: readonly Uint32Array[], size: number): Palette {
  const counts = new Map<number, number>();
  for (const pixels of pictures) {
    for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const colors = [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, size)
    .map(([color]) => color);
  const known = new Map(colors.map((color, index) => [color, index] as const));
  return {
    colors,
    indexOf(color) {
      const index = known.get(color) ?? nearest(colors, color);
      known.set(color, index);
      return index;
    },
  };
}

export function channels(color: number): [red: number, green: number, blue: number] {
  return [color >> 16, (color >> 8) & 0xff, color & 0xff];
}

function nearest(colors: readonly number[], wanted: number): number {
  const distances = colors.map((color) => distance(channels(color), channels(wanted)));
  return distances.indexOf(Math.min(...distances));
}

function distance(one: readonly [number, number, number], other: readonly [number, number, number]): number {
  return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2;
}
