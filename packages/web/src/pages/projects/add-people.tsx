/** People who have an account on the server become members. */
import type { Member, User } from 'mien-server/contract';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useAction, useData } from '../../api/use-data.ts';
import { Icon } from '../../components/icons.tsx';
import { call } from '../../state/account.ts';
import { Check } from './question-editor.tsx';
import { DialogClose } from '../../components/dialog-close.tsx';

export interface AddPeopleProps {
  /** Address of the project's members. */
  readonly path: string;
  readonly members: readonly Member[];
  readonly onAdded: () => void;
}

export function AddPeople(props: AddPeopleProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger className="button is-primary">
        <Icon name="plus" /> Add people
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">Add people</Dialog.Title>
          <Choice {...props} onClose={() => setOpen(false)} />
          <DialogClose />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Choice({ path, members, onAdded, onClose }: AddPeopleProps & { readonly onClose: () => void }) {
  const { data, error: unread } = useData<{ users: readonly User[] }>('api/users');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { isBusy, error, run } = useAction();
  const known = new Set(members.map(({ user }) => user?.id));
  const others = data?.users.filter(({ id, disabled, role }) => !known.has(id) && !disabled && role !== 'viewer') ?? [];
  const toggle = (id: string, isOn: boolean): void => {
    const next = new Set(chosen);
    if (isOn) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <>
      {data && others.length === 0 && (
        <p>Everybody who has an account and may annotate is here. An invitation makes a new account.</p>
      )}
      {others.length > 1 && (
        <Check
          label="All of them"
          isOn={chosen.size === others.length}
          onChange={(isOn) => setChosen(new Set(isOn ? others.map(({ id }) => id) : []))}
        />
      )}
      <ul className="people-choice">
        {others.map(({ id, name }) => (
          <li key={id}>
            <Check label={name} isOn={chosen.has(id)} onChange={(isOn) => toggle(id, isOn)} />
          </li>
        ))}
      </ul>
      {(error ?? unread) !== undefined && (
        <p className="note is-error" role="alert">
          {error ?? unread}
        </p>
      )}
      <div className="dialog-actions">
        <button
          type="button"
          className="button is-primary"
          disabled={isBusy || chosen.size === 0}
          onClick={() =>
            run(async () => {
              await call('POST', path, { users: [...chosen] });
              onAdded();
              onClose();
            })
          }
        >
          Add
        </button>
      </div>
    </>
  );
}
