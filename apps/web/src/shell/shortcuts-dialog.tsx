import { Dialog } from '@base-ui/react/dialog';
import { useTexts } from '../language/language.tsx';
import './dialog.css';

/** Every key and what it does. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { title, close, rows } = useTexts().shortcuts;
  return (
    <Dialog.Root
      defaultOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{title}</Dialog.Title>
          <dl className="shortcuts">
            {rows.map(([keys, meaning]) => (
              <div key={keys}>
                <dt>
                  {keys?.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <div className="row">
            <Dialog.Close className="button quiet compact">{close}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
