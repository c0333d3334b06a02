import gifenc from 'gifenc';
import { PNG } from 'pngjs';
import type { Still } from './film.ts';
import { channels, mostFrequent } from './palette.ts';

/** One index of the palette is for “as before”. */
const mostColors = 255;

/** An animated GIF. Of every still after the first it holds what changed, which keeps it small. */
export function gifOf(stills: readonly Still[]): Uint8Array {
  const pictures = stills.map(({ png, stays }) => {
    const { width, height, data } = PNG.sync.read(png);
    return { width, height, stays, colors: colorsOf(data) };
  });
  const palette = mostFrequent(
    pictures.map(({ colors }) => colors),
    mostColors,
  );
  const asBefore = palette.colors.length;
  const encoder = gifenc.GIFEncoder();
  let before: Uint8Array | undefined;
  for (const { width, height, stays, colors } of pictures) {
    const pixels = Uint8Array.from(colors, palette.indexOf);
    const shown = before;
    const changed = shown ? pixels.map((index, at) => (index === shown[at] ? asBefore : index)) : pixels;
    encoder.writeFrame(changed, width, height, {
      ...(!shown && { palette: [...palette.colors.map(channels), [0, 0, 0]] }),
      delay: stays,
      dispose: 1,
      ...(shown && { transparent: true, transparentIndex: asBefore }),
    });
    before = pixels;
  }
  encoder.finish();
  return encoder.bytes();
}

/** Pixels as 0xRRGGBB. */
function colorsOf(rgba: Buffer): Uint32Array {
  return Uint32Array.from({ length: rgba.length / 4 }, (_, pixel) => rgba.readUIntBE(pixel * 4, 3));
}
