/** Faces are found by the recogniser, so that people correct boxes and points where they would else draw them. */
import { useState } from 'react';
import { useAction } from '../../api/use-data.ts';
import { call } from '../../state/account.ts';

export function ProposalsButton({ project }: { readonly project: string }) {
  const [isBegun, setBegun] = useState(false);
  const { isBusy, error, run } = useAction();
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={isBusy || isBegun}
        onClick={() =>
          run(async () => {
            await call('POST', `api/projects/${project}/proposals`);
            setBegun(true);
          })
        }
      >
        Have faces found
      </button>
      {(isBegun || error !== undefined) && (
        <span className="quiet" role="status">
          {error ?? 'The server finds them in the background.'}
        </span>
      )}
    </>
  );
}
