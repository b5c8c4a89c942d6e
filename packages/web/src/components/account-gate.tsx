/** Pages that need a server and an account: who has none is told what to do. */
import type { Right } from 'mien-server/contract';
import type { ReactNode } from 'react';
import { account, useRights } from '../state/account.ts';
import { useStore } from '../state/store.ts';

export function AccountGate({ needs, children }: { readonly needs: Right; readonly children: ReactNode }) {
  const session = useStore(account, (value) => value.session);
  const rights = useRights();
  if (session === undefined)
    return (
      <p className="quiet page-wait" role="status">
        Asking who is signed in …
      </p>
    );
  if (rights.includes(needs)) return children;
  return (
    <article className="prose">
      <h1 className="display is-small">Annotation</h1>
      {session === null ? (
        <p className="lead">
          Projects of annotation are kept by a server of Mien: start one with <code>mien serve</code>, and open its
          address.
        </p>
      ) : session.user === null ? (
        <>
          <p className="lead">Labels belong to the people who give them, so this part asks who you are.</p>
          <p>
            <a className="button is-primary" href="account">
              Sign in
            </a>
          </p>
        </>
      ) : (
        <p className="lead">
          You are signed in as {session.user.name}, {session.user.role}: this needs more rights. Ask whoever invited
          you.
        </p>
      )}
    </article>
  );
}
