/** Pages that need a server and an account: who has none is told what to do. */
import type { Right } from 'mien-server/contract';
import { Fragment, type ReactNode } from 'react';
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
  // Somebody else who signs in, in another tab, begins with nothing of who was here before
  if (session?.user && rights.includes(needs)) return <Fragment key={session.user.id}>{children}</Fragment>;
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
