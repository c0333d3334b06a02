/** Makes ids of so many random bytes, at most 32, in lower-case hex. They must be unique, not secret. */
export type HexIds = (bytes: number) => string;

const poolBytes = 8_192;

/**
 * Ids from a pool: asking the system for a few random bytes at a time costs more than everything else about an id.
 *
 * @param fill writes random bytes into a buffer, as `randomFillSync` of `node:crypto` does
 */
export function createHexIds(fill: (pool: Buffer) => void): HexIds {
  const pool = Buffer.alloc(poolBytes);
  let hex = '';
  let at = 0;
  return (bytes) => {
    if (at + bytes * 2 > hex.length) {
      fill(pool);
      hex = pool.toString('hex');
      at = 0;
    }
    const from = at;
    at += bytes * 2;
    return hex.slice(from, at);
  };
}
