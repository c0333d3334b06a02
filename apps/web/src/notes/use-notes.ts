import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import type { Note, NotePage } from '../api.ts';
import { useApi } from '../api-context.tsx';
import type { Draft } from './draft.ts';

const firstPage: string | null = null;

/** The notes of one person that contain a text, and what can be done with them; each change loads the list anew. */
export function useNotes(owner: string, search: string) {
  const api = useApi();
  const queries = useQueryClient();
  const queryKey = ['notes', owner];
  const loadAnew = () => queries.invalidateQueries({ queryKey });
  const list = useInfiniteQuery({
    queryKey: [...queryKey, search],
    queryFn: ({ pageParam, signal }) => api.listNotes(pageParam, search, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => pages.flatMap(({ notes }) => notes),
    placeholderData: keepPreviousData,
  });
  const save = useMutation({
    mutationFn: ({ id, title, body }: Draft) =>
      id === null ? api.createNote({ title, body }) : api.updateNote(id, { title, body }),
    onSuccess: loadAnew,
  });
  return {
    list,
    save,
    /** As the list will be once what is on its way has arrived. */
    notes: list.data && (save.isPending ? withSaved(list.data, save.variables) : list.data),
    remove: useMutation({
      mutationFn: ({ id }: Note) => api.deleteNote(id),
      async onMutate({ id }) {
        await queries.cancelQueries({ queryKey });
        queries.setQueriesData<InfiniteData<NotePage>>(
          { queryKey },
          (before) => before && without(before, id),
        );
      },
      onSettled: loadAnew,
    }),
    restore: useMutation({ mutationFn: ({ id }: Note) => api.restoreNote(id), onSettled: loadAnew }),
    removeAll: useMutation({ mutationFn: api.deleteAllNotes, onSuccess: loadAnew }),
  };
}

/** The id of a note that has none yet. */
export const unsavedId = 'unsaved';

function withSaved(notes: Note[], { id, title, body }: Draft): Note[] {
  if (id === null) return [{ id: unsavedId, title, body, updatedAt: '' }, ...notes];
  return notes.map((note) => (note.id === id ? { ...note, title, body, updatedAt: '' } : note));
}

function without(before: InfiniteData<NotePage>, id: string): InfiniteData<NotePage> {
  const pages = before.pages.map((page) => ({ ...page, notes: page.notes.filter((note) => note.id !== id) }));
  return { ...before, pages };
}
