/** Annotate: the projects that one labels for, and the work on one of them. */
import type { Project } from 'mien-server/contract';
import { AccountGate } from '../../components/account-gate.tsx';
import { useData } from '../../api/use-data.ts';
import { OutboxBanner } from './outbox-banner.tsx';
import { OwnProjects } from './own-projects.tsx';
import { Entrance } from './entrance.tsx';
import { Workbench } from './workbench.tsx';

export default function AnnotatePage({ parts: [id] }: { readonly parts: readonly string[] }) {
  return <AccountGate needs="annotate">{id === undefined ? <OwnProjects /> : <OneProject id={id} />}</AccountGate>;
}

function OneProject({ id }: { readonly id: string }) {
  const { data: project, error, reload } = useData<Project>(`api/projects/${id}`);
  if (!project)
    return (
      <>
        <OutboxBanner />
        <p className={error === undefined ? 'quiet page-wait' : 'banner is-error'} role="status">
          {error ?? 'Opening …'}
        </p>
      </>
    );
  const { own } = project;
  return own === null || own.state === 'new' ? (
    <Entrance project={project} onJoined={reload} />
  ) : (
    <Workbench project={project} own={own} />
  );
}
