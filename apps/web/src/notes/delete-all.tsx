import { useEffect, useRef, useState } from 'react';

/** Deletes all notes, after a question. The API wants a fresh sign-in for it. */
export function DeleteAll({ isBusy, onYes }: { isBusy: boolean; onYes: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) no.current?.focus();
  }, [isAsking]);
  if (!isAsking) {
    return (
      <div className="row">
        <button
          type="button"
          className="button danger compact"
          disabled={isBusy}
          onClick={() => setAsking(true)}
        >
          Delete all notes
        </button>
      </div>
    );
  }
  return (
    <fieldset className="row question">
      <legend>Delete all of your notes? They cannot be brought back.</legend>
      <button type="button" className="button quiet compact" ref={no} onClick={() => setAsking(false)}>
        Keep them
      </button>
      <button
        type="button"
        className="button danger compact"
        onClick={() => {
          setAsking(false);
          onYes();
        }}
      >
        Delete them all
      </button>
    </fieldset>
  );
}
