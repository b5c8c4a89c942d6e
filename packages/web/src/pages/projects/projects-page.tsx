/** Projects of annotation: all of them, a new one, or one with its images, people and figures. */
import { AccountGate } from '../../components/account-gate.tsx';
import { NewProject } from './new-project.tsx';
import { ProjectList } from './project-list.tsx';
import { ProjectView } from './project-view.tsx';

export default function ProjectsPage({ parts: [id, tab] }: { readonly parts: readonly string[] }) {
  return (
    <AccountGate needs="projects.manage">
      {id === undefined ? <ProjectList /> : id === 'new' ? <NewProject /> : <ProjectView id={id} tab={tab} />}
    </AccountGate>
  );
}
