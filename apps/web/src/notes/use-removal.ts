import type { Note } from '../api.ts';
import { useTexts } from '../language/language.tsx';
import { useToasts } from '../workspace/toasts.tsx';

/** A change of a note, as TanStack Query makes them. */
interface Change {
  mutateAsync: (note: Note) => Promise<unknown>;
}

/** Deletes a note at once and offers the way back, instead of asking first. */
export function useRemoval(removal: Change, restoration: Change): (note: Note) => void {
  const { notes } = useTexts();
  const toasts = useToasts();

  const make = async (change: Change, note: Note, onSuccess: () => void) => {
    try {
      await change.mutateAsync(note);
      onSuccess();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      toasts.fail(error, () => void make(change, note, onSuccess));
    }
  };
  const bringBack = (note: Note) => make(restoration, note, () => toasts.say(notes.undone(note.title)));
  return (note) =>
    void make(removal, note, () =>
      toasts.say(notes.removed(note.title), {
        description: notes.tooLate,
        offer: { label: notes.undo, act: () => void bringBack(note) },
      }),
    );
}
