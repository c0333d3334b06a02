import { CoatcheckError, type SessionClient } from '@coatcheck/client';

export function mount(place: HTMLElement, { client }: { client: SessionClient }): () => void {
  const text = document.createElement('p');
  text.role = 'status';
  const load = document.createElement('button');
  load.textContent = 'Load my notes';
  load.onclick = async () => {
    text.textContent = await notesOrReason(client);
  };
  place.replaceChildren(load, text);
  void client.load();
  return () => {};
}

async function notesOrReason(client: SessionClient): Promise<string> {
  try {
    const response = await client.fetch('/api/notes');
    return response.ok ? (await response.json()).join(', ') : `The API says ${response.status}.`;
  } catch (error) {
    if (!(error instanceof CoatcheckError)) return 'There was no answer at all.';
    switch (error.code) {
      case 'session_required':
        return `Sign in first. The session is over: ${error.reason}.`;
      case 'refresh_unavailable':
        return `Still signed in. Try again in ${error.retryAfter} s.`;
      default:
        return error.detail;
    }
  }
}
