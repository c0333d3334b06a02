import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useRef } from 'react';
import './dialog.css';

interface ConfirmationProps {
  /** The button that asks. */
  label: ReactNode;
  className: string;
  title: string;
  advice: string;
  no: string;
  yes: string;
  disabled?: boolean;
  onYes: () => void;
}

/** A button for what cannot be undone: it asks first, and the keyboard starts at the harmless answer. */
export function Confirmation({
  label,
  className,
  title,
  advice,
  no,
  yes,
  disabled = false,
  onYes,
}: ConfirmationProps) {
  const harmless = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className={className} disabled={disabled}>
        {label}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog" initialFocus={harmless}>
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description>{advice}</AlertDialog.Description>
          <div className="row">
            <AlertDialog.Close className="button quiet compact" ref={harmless}>
              {no}
            </AlertDialog.Close>
            <AlertDialog.Close className="button danger compact" onClick={onYes}>
              {yes}
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
