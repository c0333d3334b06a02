import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { wordsForRefusal } from '../failure/refusal-texts.ts';
import { useTexts } from '../language/language.tsx';
import './toasts.css';

/** How long there is to press a toast's button, in milliseconds; looking at it or pointing at it stops the time. */
const timeToAct = 12_000;

/** Short news at the edge of the page, from whatever is inside. F6 brings the keyboard there. */
export function Toasts({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts } = Toast.useToastManager();
  const { dismiss } = useTexts().shell;
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={toast.type === 'bad' ? 'toast bad' : 'toast'}>
      <Toast.Content className="toast-content">
        <div className="toast-words">
          <Toast.Title className="toast-title" render={<p />} />
          <Toast.Description className="small" />
        </div>
        <Toast.Action className="button compact" />
        <Toast.Close className="button quiet compact">{dismiss}</Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

interface Offer {
  /** What the button says. */
  label: string;
  act: () => void;
}

/** Says what was done, with a way back; or why something was not done, with the remedy. */
export function useToasts() {
  const { add, close } = Toast.useToastManager();
  const texts = useTexts();
  const actionFor = ({ label, act }: Offer, close: () => void) => ({
    children: label,
    onClick: () => {
      close();
      act();
    },
  });
  return {
    say(title: string, details: { description?: string; offer?: Offer } = {}) {
      const { description, offer } = details;
      const id: string = add({
        title,
        description,
        timeout: timeToAct,
        ...(offer && { actionProps: actionFor(offer, () => close(id)) }),
      });
    },
    fail(error: Error, retry: () => void) {
      const { title, advice } = wordsForRefusal(error, texts);
      const id: string = add({
        type: 'bad',
        title,
        description: advice,
        priority: 'high',
        timeout: 0,
        actionProps: actionFor({ label: texts.shell.tryAgain, act: retry }, () => close(id)),
      });
    },
  };
}
