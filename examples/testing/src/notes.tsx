import { CoatcheckError } from '@coatcheck/client';
import { useSessionClient } from '@coatcheck/react';
import { useState } from 'react';

/** Adds notes, and says what became of it. */
export function Notes() {
  const client = useSessionClient();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState('');

  const add = async (form: FormData) => {
    try {
      const answer = await client.fetch('/api/notes', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: form.get('text') }),
      });
      setNotes(await answer.json());
      setFailure('');
    } catch (error) {
      const isBusy = error instanceof CoatcheckError && error.code === 'refresh_unavailable';
      setFailure(isBusy ? 'Not saved: try again in a moment.' : 'Not saved.');
    }
  };

  return (
    <>
      <form action={add}>
        <label>
          New note <input name="text" required />
        </label>
        <button type="submit">Add</button>
      </form>
      <p role="status">{failure}</p>
      <ul aria-label="Notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}
