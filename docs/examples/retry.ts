import { CoatcheckError, retryingFetch, type SessionClient } from '@coatcheck/client';

export function mount(place: HTMLElement, { client }: { client: SessionClient }): () => void {
  const patientFetch = retryingFetch(client.fetch);
  const text = document.createElement('p');
  text.role = 'status';
  const add = document.createElement('button');
  add.textContent = 'Add a note';
  add.onclick = async () => {
    text.textContent = 'Adding…';
    try {
      const response = await patientFetch('/api/notes', { method: 'POST', body: 'Tip the attendant' });
      text.textContent = response.ok ? 'Added, once.' : `The API says ${response.status}.`;
    } catch (error) {
      text.textContent =
        error instanceof CoatcheckError ? `Given up: ${error.code}.` : 'Given up: no answer.';
    }
  };
  place.replaceChildren(add, text);
  void client.load();
  return () => {};
}
