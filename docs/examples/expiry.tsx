import { LoginLink, SessionExpiryDialog, Show, useSessionExpiry } from '@coatcheck/react';

export function Example() {
  return (
    <Show when="signed-in" fallback={<LoginLink>Sign in</LoginLink>}>
      <p>
        Your work. <Countdown />
      </p>
      <SessionExpiryDialog />
    </Show>
  );
}

/** By the hook, for a place of your own. */
function Countdown() {
  const { secondsLeft, kind } = useSessionExpiry();
  return secondsLeft === null ? 'There is time.' : `The ${kind} end is ${secondsLeft} s away.`;
}
