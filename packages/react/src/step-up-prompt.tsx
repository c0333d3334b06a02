import { CoatcheckError, type SessionClient, type StepUp, stepUp, stepUpOf } from '@coatcheck/client';
import { type ReactNode, useState } from 'react';
import { useSessionClient } from './session-hooks.tsx';

/** What a prompt knows and can do. */
export interface StepUpOffer {
  step: StepUp;
  /** Leaves for it, and comes back to this page. Never rejects: a failure is in `error`. */
  go: () => Promise<void>;
  /** Why it did not start. */
  error: CoatcheckError | null;
}

/**
 * What a person can do so that a refused call passes, null where no sign-in mends it.
 *
 * @param error of the call
 * @param returnTo a path on this origin. Default: the page that is shown then
 * @throws Error where no SessionProvider is above
 * @example
 * const offer = useStepUp(save.error);
 * return offer && <button type="button" onClick={offer.go}>Confirm who you are</button>;
 */
export function useStepUp(error: unknown, returnTo?: string): StepUpOffer | null {
  const client = useSessionClient();
  const [failure, setFailure] = useState<CoatcheckError | null>(null);
  const step = stepUpOf(error);
  if (step === undefined) return null;
  return {
    step,
    error: failure,
    async go() {
      setFailure(await attempt(client, step, returnTo));
    },
  };
}

/** What was refused. */
export interface StepUpPromptProps {
  /** Of the call that was refused. */
  error: unknown;
  /** A path on this origin. Default: the page that is shown then. */
  returnTo?: string | undefined;
  /** Instead of the prompt's own words and button. */
  children?: (offer: StepUpOffer) => ReactNode;
}

/**
 * Asks the person to sign in again, to allow more or to connect an account where that lets a refused call pass, and
 * shows nothing for every other error. The page is loaded anew, so keep what was typed.
 *
 * @example
 * <StepUpPrompt error={save.error} />
 */
export function StepUpPrompt({ error, returnTo, children }: StepUpPromptProps) {
  const offer = useStepUp(error, returnTo);
  if (offer === null) return null;
  if (children) return children(offer);
  const { question, action } = words(offer.step);
  return (
    <div role="alert">
      <p>{offer.error?.detail ?? question}</p>
      <button type="button" onClick={offer.go}>
        {action}
      </button>
    </div>
  );
}

function words(step: StepUp): { question: string; action: string } {
  switch (step.kind) {
    case 'sign-in':
      return { question: 'This needs you to confirm who you are.', action: 'Confirm' };
    case 'consent':
      return { question: 'This needs one more permission from you.', action: 'Continue' };
    case 'connection':
      return { question: 'This needs another account of yours.', action: 'Connect' };
  }
}

async function attempt(
  client: SessionClient,
  step: StepUp,
  returnTo?: string,
): Promise<CoatcheckError | null> {
  try {
    await stepUp(client, step, returnTo);
    return null;
  } catch (error) {
    if (error instanceof CoatcheckError) return error;
    throw error;
  }
}
