/** More calls than a well server leaves unanswered: whoever comes on top is refused at once. */
const mostUnderWay = 10_000;

/** Lets so many calls be under way at once. */
export function createBound(): <T>(work: () => Promise<T>) => Promise<T> {
  let underWay = 0;
  return async (work) => {
    if (underWay >= mostUnderWay) throw new Error(`${mostUnderWay} calls are waiting for it already`);
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
}
