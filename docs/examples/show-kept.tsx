import { LoginLink, ShowKept, useUser } from '@coatcheck/react';
import { useState } from 'react';

export function Example() {
  return (
    <ShowKept
      fallback={
        <p>
          Your session is over. <LoginLink>Sign in again</LoginLink>
        </p>
      }
    >
      <Editor />
    </ShowKept>
  );
}

function Editor() {
  const [text, setText] = useState('');
  return (
    <label>
      {useUser()?.name} writes <input value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}
