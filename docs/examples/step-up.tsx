import { LoginLink, Show, StepUpPrompt, useSessionClient } from '@coatcheck/react';
import { useState } from 'react';

export function Example() {
  return (
    <Show when="signed-in" fallback={<LoginLink>Sign in</LoginLink>}>
      <Call label="Delete all notes (stronger sign-in)" path="/api/notes" method="DELETE" />
      <Call label="Change a note (one more permission)" path="/api/notes" method="PUT" />
      <Call label="List repositories (another account)" path="/api/repositories" method="GET" />
    </Show>
  );
}

interface CallProps {
  label: string;
  path: string;
  method: string;
}

function Call({ label, path, method }: CallProps) {
  const client = useSessionClient();
  const [outcome, setOutcome] = useState<{ error?: unknown; text?: string }>({});
  const call = async () => {
    try {
      const response = await client.fetch(path, { method });
      setOutcome({ text: `Done: ${response.status}.` });
    } catch (error) {
      setOutcome({ error });
    }
  };
  return (
    <div>
      <button type="button" onClick={call}>
        {label}
      </button>
      <span role="status"> {outcome.text}</span>
      <StepUpPrompt error={outcome.error} />
    </div>
  );
}
