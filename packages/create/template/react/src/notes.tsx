import { useEffect, useState } from 'react';
import { session } from './session.ts';

interface Note {
  readonly id: number;
  readonly text: string;
}

/** The person's notes, from the API. */
export function Notes() {
  const [notes, setNotes] = useState<readonly Note[]>();
  const [failure, setFailure] = useState<string>();

  useEffect(() => {
    const aborting = new AbortController();
    readNotes(aborting.signal).then(setNotes, (error: unknown) => {
      if (!aborting.signal.aborted) setFailure(String(error));
    });
    return () => aborting.abort();
  }, []);

  const add = async (form: FormData) => {
    try {
      await addNote(String(form.get('text')));
      setNotes(await readNotes());
    } catch (error) {
      setFailure(String(error));
    }
  };

  return (
    <>
      <form action={add}>
        <label>
          New note <input name="text" required maxLength={200} />
        </label>
        <button type="submit">Add</button>
      </form>
      {failure !== undefined && <p role="alert">{failure}</p>}
      <ul aria-label="Notes">
        {notes?.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </>
  );
}

async function readNotes(signal?: AbortSignal): Promise<Note[]> {
  const answer = await session.fetch('/api/notes', signal ? { signal } : {});
  if (!answer.ok) throw new Error(`The API answered ${answer.status}.`);
  return answer.json();
}

async function addNote(text: string): Promise<void> {
  const answer = await session.fetch('/api/notes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (!answer.ok) throw new Error(`The API answered ${answer.status}.`);
}
