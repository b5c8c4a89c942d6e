/** The cross of a dialog. */
import { Dialog } from 'radix-ui';
import { Icon } from './icons.tsx';

export function DialogClose() {
  return (
    <Dialog.Close className="icon-button dialog-close" aria-label="Close">
      <Icon name="close" />
    </Dialog.Close>
  );
}
