// The two ways in which pages keep tokens. In memory nothing is left for a look into the storage; the page has them all
// the same, and loses them at a reload.
export function tokensIn(keeping) {
  if (keeping !== 'memory') {
    return {
      read: () => JSON.parse(localStorage.getItem('tokens') ?? 'null'),
      write: (text) => localStorage.setItem('tokens', text),
      clear: () => localStorage.removeItem('tokens'),
    };
  }
  let tokens = null;
  return {
    read: () => tokens,
    write: (text) => {
      tokens = JSON.parse(text);
    },
    clear: () => {
      tokens = null;
    },
  };
}
