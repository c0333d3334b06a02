import { LoginLink, LogoutButton, Show, useUser } from '@coatcheck/react';

export function Example() {
  return (
    <Show
      when="signed-in"
      fallback={
        <p>
          Nobody is signed in. <LoginLink>Sign in</LoginLink>
        </p>
      }
    >
      <Name />
      <LogoutButton>Sign out</LogoutButton>
    </Show>
  );
}

function Name() {
  return <p>{useUser()?.name}</p>;
}
