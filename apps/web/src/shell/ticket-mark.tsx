/** The mark: a ticket stub with a punched hole. */
export function TicketMark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path
        className="mark-ticket"
        d="M4 7h24a2 2 0 0 1 2 2v3.2a3.8 3.8 0 0 0 0 7.6V23a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-3.2a3.8 3.8 0 0 0 0-7.6V9a2 2 0 0 1 2-2Z"
      />
      <circle className="mark-hole" cx="11" cy="16" r="3" />
      <path className="mark-fold" d="M18.5 9.5v13" />
    </svg>
  );
}
