/** A button whose action is asked about first. */
import { AlertDialog } from 'radix-ui';
import type { ReactNode } from 'react';

export function Confirm({
  trigger,
  title,
  action,
  onConfirm,
  children,
}: {
  readonly trigger: string;
  readonly title: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className="button is-plain">{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="dialog-shade" />
        <AlertDialog.Content className="dialog">
          <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div>{children}</div>
          </AlertDialog.Description>
          <div className="dialog-actions">
            <AlertDialog.Cancel className="button">Cancel</AlertDialog.Cancel>
            <AlertDialog.Action className="button is-primary" onClick={onConfirm}>
              {action}
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
