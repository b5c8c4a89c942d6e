/** Says when labels wait in this browser, why, and what to do. */
import { flushEvents, outboxState } from '../../annotate/labels.ts';
import { Icon } from '../../components/icons.tsx';
import { count } from '../../format.ts';
import { account, readAccount } from '../../state/account.ts';
import { useStore } from '../../state/store.ts';

export function OutboxBanner() {
  const { waiting, trouble, message, rejected, isLasting } = useStore(outboxState, (value) => value);
  const isExpired = useStore(account, (value) => value.isExpired);
  const labels = waiting.filter(({ event }) => event.kind === 'answer').length;
  const kept =
    labels === 0
      ? 'nothing is lost'
      : `your ${count(labels, 'label')} ${labels === 1 ? 'is' : 'are'} kept${isLasting ? '' : ' as long as this tab is open'}`;
  if (isExpired || trouble === 'signed-out')
    return (
      <p className="banner is-error" role="alert">
        <Icon name="lock" />
        <span>Sign in again: {kept}.</span>
        <a className="button" href="account" target="_blank">
          Sign in
        </a>
        <button type="button" className="button" onClick={() => void readAccount().then(flushEvents)}>
          I have
        </button>
      </p>
    );
  if (trouble === 'no-answer')
    return (
      <p className="banner is-error" role="status">
        <Icon name="warning" />
        <span>The server cannot be reached: {kept}, and sent when it answers again.</span>
        <button type="button" className="button" onClick={() => void flushEvents()}>
          Try now
        </button>
      </p>
    );
  if (trouble === 'refused')
    return (
      <p className="banner is-error" role="alert">
        <Icon name="warning" />
        <span>
          The server does not take labels now ({message}): {kept}.
        </span>
      </p>
    );
  if (rejected.length > 0)
    return (
      <p className="banner is-error" role="alert">
        <Icon name="warning" />
        <span>
          The server did not take {count(rejected.length, 'answer')}: {rejected.at(-1)!.message}.
        </span>
      </p>
    );
  if (!isLasting)
    return (
      <p className="banner" role="status">
        <Icon name="warning" />
        <span>This browser keeps nothing on its disk: do not close the tab while the server cannot be reached.</span>
      </p>
    );
  return null;
}
