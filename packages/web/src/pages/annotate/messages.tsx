/** What is said between images: that a tutorial or a test begins, how it went, that nothing is left to do. */
import type { OwnProgress, Project } from 'mien-server/contract';
import type { ReactNode } from 'react';
import { useData } from '../../api/use-data.ts';
import type { Notice } from '../../annotate/work.ts';
import { count, percent } from '../../format.ts';

export function NoticeMessage({
  notice,
  project: { settings },
  own,
  onGoOn,
}: {
  readonly notice: Notice;
  readonly project: Project;
  readonly own: OwnProgress | undefined;
  readonly onGoOn: () => void;
}) {
  const test = own?.test;
  const needed = `${percent(settings.passShare)} of the answers must be right`;
  const texts: Readonly<Record<Notice, { readonly title: string; readonly body: ReactNode }>> = {
    tutorial: {
      title: 'First, some examples',
      body: 'After each answer you are told whether it is the expected one, and why. Nothing is counted yet.',
    },
    test: {
      title: 'Now a short test',
      body: `The answers are known. You are not told which are right; ${needed}.`,
    },
    'test-again': {
      title: 'Not passed yet',
      body: test
        ? `${percent(test.share)} were right, and ${needed}. You have ${count(test.attemptsLeft, 'more attempt')}: have a look at the help first.`
        : `${needed}. You may try again.`,
    },
    passed: {
      title: 'Passed',
      body: test
        ? `${percent(test.share)} of your answers were right. From here on every label counts.`
        : 'From here on every label counts.',
    },
  };
  const { title, body } = texts[notice];
  return (
    <Message title={title}>
      <p>{body}</p>
      <button type="button" className="button is-primary" onClick={onGoOn} autoFocus>
        {notice === 'passed' ? 'To work' : 'Begin'}
      </button>
    </Message>
  );
}

export function EmptyMessage({
  own,
  project,
  onAgain,
}: {
  readonly own: OwnProgress;
  readonly project: Project;
  readonly onAgain: () => void;
}) {
  // It may have been paused or closed meanwhile
  const { data } = useData<Project>(`api/projects/${project.id}`);
  const { state, settings } = data ?? project;
  const back = (
    <a className="button" href="#/annotate">
      All projects
    </a>
  );
  if (own.state === 'failed')
    return (
      <Message title="The test was not passed">
        <p>
          {own.test ? `${percent(own.test.share)} of the answers were right; ` : ''}
          {percent(settings.passShare)} are needed, and there are no more attempts. Thank you for your time.
        </p>
        {back}
      </Message>
    );
  if (own.state === 'excluded' || own.state === 'left')
    return (
      <Message title="Your part in this project is over">
        <p>What you labelled is kept, under a name that only the project knows. Thank you.</p>
        {back}
      </Message>
    );
  if (state === 'paused' || state === 'closed' || state === 'draft')
    return (
      <Message title={state === 'closed' ? 'The project is closed' : 'The project rests'}>
        <p>
          {state === 'closed'
            ? 'No more labels are wanted. Thank you.'
            : 'Whoever manages it has stopped it for now. What you labelled is safe.'}
        </p>
        {back}
      </Message>
    );
  if (own.isWaiting)
    return (
      <Message title="Nothing to do for the moment">
        <p>Others have to finish first, or more images are to come. This page looks again by itself.</p>
        <button type="button" className="button" onClick={onAgain}>
          Look now
        </button>
        {back}
      </Message>
    );
  return (
    <Message title="All done">
      <p>You have labelled {count(own.done, 'image')}. Thank you.</p>
      {back}
    </Message>
  );
}

function Message({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="annotator-message" role="status">
      <h2 className="section-title">{title}</h2>
      {children}
    </div>
  );
}
