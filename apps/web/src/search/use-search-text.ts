import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

/** How long somebody must have stopped typing, in milliseconds. */
const pause = 250;

/** What is searched for: `?q=` in the address, so that it can be kept and shared, a moment after it was typed. */
export function useSearchText() {
  const [params, setParams] = useSearchParams();
  const inAddress = params.get('q') ?? '';
  const [text, setText] = useState(inAddress);
  const written = useRef(inAddress);

  // A link or the way back changed it.
  useEffect(() => {
    if (inAddress === written.current) return;
    written.current = inAddress;
    setText(inAddress);
  }, [inAddress]);

  useEffect(() => {
    const next = text.trim();
    if (next === written.current) return;
    const timer = setTimeout(() => {
      written.current = next;
      setParams(
        (before) => {
          if (next === '') before.delete('q');
          else before.set('q', next);
          return before;
        },
        { replace: true },
      );
    }, pause);
    return () => clearTimeout(timer);
  }, [text, setParams]);

  return { text, setText, search: inAddress };
}
