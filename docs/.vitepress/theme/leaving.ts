import { defaultBasePath } from '@coatcheck/protocol';

/**
 * Catches navigations to the BFF that an example makes, since a page of documentation has none.
 *
 * @param root of the example: navigations count as its own after it was used last
 */
export function onLeaving(root: HTMLElement, leave: (url: string) => void): () => void {
  const stop = new AbortController();
  let isUsed = false;
  const look = ({ target }: Event) => {
    isUsed = target instanceof Node && root.contains(target);
  };
  for (const event of ['pointerdown', 'keydown', 'focusin'])
    document.addEventListener(event, look, { capture: true, signal: stop.signal });
  globalThis.navigation?.addEventListener(
    'navigate',
    (event) => {
      const { origin, pathname, search } = new URL(event.destination.url);
      if (origin !== location.origin || !pathname.startsWith(`${defaultBasePath}/`)) return;
      event.preventDefault();
      if (isUsed) leave(pathname + search);
    },
    { signal: stop.signal },
  );
  return () => stop.abort();
}
