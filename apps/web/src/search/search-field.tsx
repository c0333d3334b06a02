import type { RefObject } from 'react';

interface SearchFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  field?: RefObject<HTMLInputElement | null>;
}

/** A field that narrows what is listed below it. */
export function SearchField({ label, placeholder, value, onChange, field }: SearchFieldProps) {
  return (
    <search className="field search-field">
      <input
        type="search"
        ref={field}
        aria-label={label}
        placeholder={placeholder}
        maxLength={200}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </search>
  );
}
