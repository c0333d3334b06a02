import type { RefObject } from 'react';
import { useTexts } from '../language/language.tsx';
import { SearchField } from '../search/search-field.tsx';

interface NotesHeaderProps {
  isWriting: boolean;
  onNew: () => void;
  search: string;
  onSearch: (text: string) => void;
  field: RefObject<HTMLInputElement | null>;
  /** There is something to search in. */
  hasSearch: boolean;
}

export function NotesHeader({ isWriting, onNew, search, onSearch, field, hasSearch }: NotesHeaderProps) {
  const { notes } = useTexts();
  return (
    <header className="page-head">
      <h1>{notes.title}</h1>
      {hasSearch && (
        <SearchField
          label={notes.search}
          placeholder={notes.searchHint}
          value={search}
          onChange={onSearch}
          field={field}
        />
      )}
      {!isWriting && (
        <button type="button" className="button" onClick={onNew}>
          {notes.create}
        </button>
      )}
    </header>
  );
}
