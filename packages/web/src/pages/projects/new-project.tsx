/** A new project, from a preset or of one's own. */
import type { Project } from 'mien-server/contract';
import { PROJECT_PRESETS } from 'mien-server/presets';
import { RadioGroup } from 'radix-ui';
import { useState } from 'react';
import { useAction } from '../../api/use-data.ts';
import { go } from '../../routes.ts';
import { call } from '../../state/account.ts';
import { SettingsForm } from './settings-form.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

export function NewProject() {
  const [preset, setPreset] = useState(PROJECT_PRESETS[0]!.name);
  const [name, setName] = useState('');
  const [settings, setSettings] = useState(PROJECT_PRESETS[0]!.settings);
  const { isBusy, error, run } = useAction();
  return (
    <form
      className="prose project-form"
      onSubmit={(event) => {
        event.preventDefault();
        run(async () => {
          const { id } = await call<Project>('POST', 'api/projects', { name, settings });
          go('projects', id);
        });
      }}
    >
      <h1 className="display is-small">New project</h1>
      <label className="field">
        <span className="field-name">Name</span>
        <input
          className="select"
          value={name}
          required
          maxLength={120}
          placeholder="Faces from the web, spring"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <fieldset className="field">
        <legend className="field-name">What is asked</legend>
        <RadioGroup.Root
          className="presets"
          value={preset}
          aria-label="What is asked"
          onValueChange={(value) => {
            setPreset(value);
            setSettings(PROJECT_PRESETS.find((one) => one.name === value)!.settings);
          }}
        >
          {PROJECT_PRESETS.map(({ name: value, title, summary }) => (
            <RadioGroup.Item key={value} value={value} className="preset">
              <span className="preset-title">{title}</span>
              <span className="quiet">{summary}</span>
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
        <p className="field-note">Each is a beginning: questions and options can be changed below.</p>
      </fieldset>
      <SettingsForm settings={settings} onChange={setSettings} />
      <ErrorNote message={error} />
      <p className="actions-row">
        <button type="submit" className="button is-primary" disabled={isBusy}>
          Make the project
        </button>
        <a className="button" href="#/projects">
          Cancel
        </a>
      </p>
    </form>
  );
}
