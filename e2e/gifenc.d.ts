/** The part of gifenc that the recording uses; the package has no types. */
declare module 'gifenc' {
  type Palette = readonly (readonly number[])[];

  interface Frame {
    palette?: Palette;
    /** Milliseconds. */
    delay: number;
    transparent?: boolean;
    /** Index in the palette. */
    transparentIndex?: number;
    /** 1 leaves the picture for the next one to be drawn upon. */
    dispose?: number;
  }

  interface Encoder {
    writeFrame(pixels: Uint8Array, width: number, height: number, frame: Frame): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  const gifenc: {
    GIFEncoder(): Encoder;
  };
  export default gifenc;
}
