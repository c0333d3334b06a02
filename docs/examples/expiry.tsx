import { LoginLink, Show, useSessionExpiry } from '@coatcheck/react';

export function Example() {
  return (
    <Show when="signed-in" fallback={<LoginLink>Sign in</LoginLink>}>
      <p>Your work.</p>
      <ExpiryWarning />
    </Show>
  );
}

function ExpiryWarning() {
  const { secondsLeft, kind, extend } = useSessionExpiry();
  if (secondsLeft === null) return null;
  return (
    <div role="alertdialog" aria-label="Your session ends soon">
      <p>
        You will be signed out in <span aria-hidden="true">{secondsLeft} s</span>
        <span className="visually-hidden">less than a minute</span>.
      </p>
      {kind === 'idle' && (
        <button type="button" onClick={extend}>
          Stay signed in
        </button>
      )}
    </div>
  );
}
