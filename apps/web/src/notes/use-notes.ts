import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../api-context.tsx';
import type { Draft } from './draft.ts';

const firstPage: string | null = null;

/** The notes of one person, and what can be done with them; each change loads the list anew. */
export function useNotes(owner: string) {
  const api = useApi();
  const queries = useQueryClient();
  const queryKey = ['notes', owner];
  const onSuccess = () => queries.invalidateQueries({ queryKey });
  return {
    list: useInfiniteQuery({
      queryKey,
      queryFn: ({ pageParam, signal }) => api.listNotes(pageParam, signal),
      initialPageParam: firstPage,
      getNextPageParam: (page) => page.next,
      select: ({ pages }) => pages.flatMap(({ notes }) => notes),
    }),
    save: useMutation({
      mutationFn: ({ id, title, body }: Draft) =>
        id === null ? api.createNote({ title, body }) : api.updateNote(id, { title, body }),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: api.deleteNote, onSuccess }),
    removeAll: useMutation({ mutationFn: api.deleteAllNotes, onSuccess }),
  };
}
