/** Images are chosen or dropped; what became of each is said. */
import { type ReactNode, useRef, useState } from 'react';
import { Icon } from '../../components/icons.tsx';
import { useDrop } from '../../components/use-drop.ts';
import { count } from '../../format.ts';
import { importFiles, type ImportReport, type Provenance } from './import-files.ts';
import { ErrorNote } from '../../components/error-note.tsx';

const TOLD = [
  ['source', 'Where they are from', 'An address, or the name of a collection', 2000],
  ['license', 'Licence', 'CC BY 4.0', 300],
  ['keyword', 'Keyword they were searched by', '', 300],
] as const;

export function ImportPanel({
  project,
  onImported,
  children,
}: {
  readonly project: string;
  readonly onImported: () => void;
  /** What else can be done with images. */
  readonly children: ReactNode;
}) {
  const [report, setReport] = useState<ImportReport>();
  const [problem, setProblem] = useState<string>();
  const [provenance, setProvenance] = useState<Provenance>({ source: '', license: '', keyword: '' });
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const isBusy = report !== undefined && report.sent < report.all;
  const take = (taken: readonly File[]): void => {
    if (taken.length === 0 || isBusy) return;
    setProblem(undefined);
    importFiles(project, taken, provenance, setReport).then(onImported, (error: Error) => setProblem(error.message));
  };
  const isDragged = useDrop(take, (error) => setProblem(`What was dropped cannot be read: ${error.message}`));
  const change = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    take([...(currentTarget.files ?? [])]);
    currentTarget.value = '';
  };
  return (
    <section className="import-panel" aria-label="Add images">
      <div className="actions-row">
        <button type="button" className="button" disabled={isBusy} onClick={() => files.current!.click()}>
          <Icon name="photos" /> Add images or a ZIP
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => folder.current!.click()}>
          <Icon name="folder" /> Add a folder
        </button>
        {children}
        <span className="quiet import-hint">or drop them anywhere here</span>
      </div>
      <details className="import-about">
        <summary>Where they are from, and their licence</summary>
        <p className="quiet">Said of all images that are added after it is filled in; exports tell it of each.</p>
        {TOLD.map(([key, title, placeholder, maxLength]) => (
          <label key={key} className="field">
            <span className="field-name">{title}</span>
            <input
              className="select"
              maxLength={maxLength}
              placeholder={placeholder}
              value={provenance[key]}
              onChange={({ target }) => setProvenance({ ...provenance, [key]: target.value })}
            />
          </label>
        ))}
      </details>
      <input ref={files} hidden type="file" multiple accept="image/*,.zip" onChange={change} data-testid="images" />
      <input ref={folder} hidden type="file" {...{ webkitdirectory: '' }} onChange={change} />
      {report && (
        <div className="import-report" role="status">
          {isBusy && (
            <span className="progress" aria-hidden="true">
              <span className="progress-fill" style={{ transform: `scaleX(${report.sent / report.all})` }} />
            </span>
          )}
          <p>
            {isBusy ? `${report.sent} of ${count(report.all, 'file')} sent, ` : ''}
            {count(report.added, 'image')} added
            {report.duplicates.length > 0 && `, ${count(report.duplicates.length, 'duplicate')}`}
            {report.refused.length > 0 && `, ${report.refused.length} refused`}
          </p>
          {report.duplicates.length > 0 && (
            <details>
              <summary>{count(report.duplicates.length, 'duplicate')}</summary>
              <ul>
                {report.duplicates.map(({ file, of }) => (
                  <li key={file}>
                    {file} is, or looks like, {of}
                  </li>
                ))}
              </ul>
            </details>
          )}
          {report.refused.length > 0 && (
            <details open>
              <summary>{report.refused.length} refused</summary>
              <ul>
                {report.refused.map(({ file, error }) => (
                  <li key={file}>{error.includes(file) ? error : `${file}: ${error}`}</li>
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
      <ErrorNote message={problem} />
      {isDragged && (
        <div className="drop-shade" aria-hidden="true">
          <p>Drop images, folders or a ZIP</p>
        </div>
      )}
    </section>
  );
}
