/** The settings of a project that is there, and its end. */
import type { Project } from 'mien-server/contract';
import { useState } from 'react';
import { useAction } from '../../api/use-data.ts';
import { go } from '../../routes.ts';
import { call } from '../../state/account.ts';
import { Confirm } from '../../components/confirm.tsx';
import { SettingsForm } from './settings-form.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

export function SettingsTab({
  project,
  onSaved,
}: {
  readonly project: Project;
  readonly onSaved: (project: Project) => void;
}) {
  const [name, setName] = useState(project.name);
  const [settings, setSettings] = useState(project.settings);
  const [isSaved, setSaved] = useState(false);
  const { isBusy, error, run } = useAction();
  const path = `api/projects/${project.id}`;
  return (
    <form
      className="project-form"
      onSubmit={(event) => {
        event.preventDefault();
        run(async () => {
          onSaved(await call<Project>('PATCH', path, { name, settings }));
          setSaved(true);
        });
      }}
      onChange={() => setSaved(false)}
    >
      <label className="field">
        <span className="field-name">Name</span>
        <input
          className="select"
          value={name}
          required
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <SettingsForm settings={settings} onChange={setSettings} />
      <ErrorNote message={error} />
      <p className="actions-row">
        <button type="submit" className="button is-primary" disabled={isBusy}>
          Save
        </button>
        <Confirm
          trigger="Delete the project"
          title={`Delete ${project.name}?`}
          action="Delete it"
          onConfirm={() =>
            run(async () => {
              await call('DELETE', path);
              go('projects');
            })
          }
        >
          <p>Its images, its labels and who gave them are removed. This cannot be undone: export first.</p>
        </Confirm>
        <span className="quiet" role="status">
          {isSaved ? 'Saved' : ''}
        </span>
      </p>
    </form>
  );
}
