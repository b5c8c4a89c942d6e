/** All that a project's settings say, in words. */
import type { ProjectSettings } from 'mien-server/contract';
import type { ReactNode } from 'react';
import { Check, QuestionEditor } from './question-editor.tsx';

export function SettingsForm({
  settings,
  onChange,
}: {
  readonly settings: ProjectSettings;
  readonly onChange: (settings: ProjectSettings) => void;
}) {
  const set = (own: Partial<ProjectSettings>): void => onChange({ ...settings, ...own });
  const { adaptive, retentionDays } = settings;
  return (
    <>
      <QuestionEditor questions={settings.questions} onChange={(questions) => set({ questions })} />
      <section className="form-section">
        <h2>How many labels</h2>
        <div className="form-grid">
          <NumberField
            label="Labels for each image"
            value={settings.labelsPerImage}
            min={1}
            max={1000}
            onChange={(labelsPerImage) =>
              set({ labelsPerImage, arbitration: settings.arbitration && labelsPerImage === 2 })
            }
          />
          <NumberField
            label="Silent test images, %"
            note="Of the work, where images have a known answer"
            value={Math.round(100 * settings.goldShare)}
            min={0}
            max={50}
            onChange={(percent) => set({ goldShare: percent / 100 })}
          />
        </div>
        <Check
          label="Stop asking about an image when its label is certain"
          isOn={adaptive !== null}
          onChange={(isOn) =>
            set(isOn ? { adaptive: { certainty: 0.99, least: 3 }, arbitration: false } : { adaptive: null })
          }
        />
        {adaptive && (
          <div className="form-grid">
            <NumberField
              label="Certain from, %"
              value={Math.round(1000 * adaptive.certainty) / 10}
              min={50}
              max={100}
              step={0.1}
              onChange={(percent) => set({ adaptive: { ...adaptive, certainty: percent / 100 } })}
            />
            <NumberField
              label="After so many labels"
              value={adaptive.least}
              min={1}
              max={100}
              onChange={(least) => set({ adaptive: { ...adaptive, least } })}
            />
          </div>
        )}
        {settings.labelsPerImage === 2 && (
          <Check
            label="A third person settles what the two say differently"
            isOn={settings.arbitration}
            onChange={(arbitration) => set(arbitration ? { arbitration, adaptive: null } : { arbitration })}
          />
        )}
      </section>
      <section className="form-section">
        <h2>What people read</h2>
        <TextField
          label="Instructions"
          note="Markdown; before the work, and on demand"
          value={settings.instructions}
          onChange={(instructions) => set({ instructions })}
        />
        <TextField
          label="Consent"
          note="What people agree to before they begin; empty: nothing"
          value={settings.consent}
          onChange={(consent) => set({ consent })}
        />
      </section>
      <section className="form-section">
        <h2>Who, and how</h2>
        <Check
          label="Everybody who may annotate on this server can join"
          isOn={settings.openTo === 'annotators'}
          onChange={(isOn) => set({ openTo: isOn ? 'annotators' : 'members' })}
        />
        <Check
          label="Show the model’s proposal: labels are then no longer blind"
          isOn={settings.showsModel}
          onChange={(showsModel) => set({ showsModel })}
        />
        <div className="form-grid">
          <NumberField
            label="Right answers to pass the test, %"
            value={Math.round(100 * settings.passShare)}
            min={0}
            max={100}
            onChange={(percent) => set({ passShare: percent / 100 })}
          />
          <NumberField
            label="Attempts at the test"
            value={settings.testAttempts}
            min={1}
            max={20}
            onChange={(testAttempts) => set({ testAttempts })}
          />
          <NumberField
            label="Pause after, seconds"
            note="Without a touch: no longer counted as work"
            value={settings.idleSeconds}
            min={5}
            max={3600}
            onChange={(idleSeconds) => set({ idleSeconds })}
          />
          <NumberField
            label="Absent after, hours"
            note="Then open images go to others"
            value={settings.absentSeconds / 3600}
            min={1 / 3600}
            max={8760}
            step="any"
            onChange={(hours) => set({ absentSeconds: Math.max(1, Math.round(hours * 3600)) })}
          />
        </div>
      </section>
      <section className="form-section">
        <h2>People’s data</h2>
        <Check
          label="When somebody is erased, ask for their labels again"
          isOn={settings.onErase === 'reopen'}
          onChange={(isOn) => set({ onErase: isOn ? 'reopen' : 'keep' })}
        />
        <Check
          label="Remove the images some time after the project was closed"
          isOn={retentionDays !== null}
          onChange={(isOn) => set({ retentionDays: isOn ? 365 : null })}
        />
        {retentionDays !== null && (
          <div className="form-grid">
            <NumberField
              label="Days"
              value={retentionDays}
              min={1}
              max={36_500}
              onChange={(days) => set({ retentionDays: days })}
            />
          </div>
        )}
      </section>
    </>
  );
}

function NumberField({
  label,
  note,
  value,
  onChange,
  ...limits
}: {
  readonly label: string;
  readonly note?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  readonly onChange: (value: number) => void;
}) {
  return (
    <Field label={label} note={note}>
      <input
        className="select"
        type="number"
        required
        value={Number.isNaN(value) ? '' : value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        {...limits}
      />
    </Field>
  );
}

function TextField({
  label,
  note,
  value,
  onChange,
}: {
  readonly label: string;
  readonly note: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Field label={label} note={note}>
      <textarea
        className="select"
        rows={6}
        value={value}
        maxLength={20_000}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

function Field({
  label,
  note,
  children,
}: {
  readonly label: string;
  readonly note: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <label className="field">
      <span className="field-name">{label}</span>
      {children}
      {note !== undefined && <span className="field-note">{note}</span>}
    </label>
  );
}
