/** Training runs of the server's machine, as they go, and reports. */
import * as Plot from '@observablehq/plot';
import type { Run, RunDetail, RunEpoch, Runs } from 'mien-server/contract';
import { useCallback } from 'react';
import { addressOf } from '../../api/client.ts';
import { useData } from '../../api/use-data.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { NumberHeads } from '../../components/number-heads.tsx';
import { Chart } from '../../components/plot.tsx';
import { percent1 } from '../../format.ts';
import { PAGES } from '../../routes.ts';

const REFRESH_MS = 5000;
const STATES: Readonly<Record<Run['state'], string>> = {
  running: 'under way',
  stopped: 'stopped',
  finished: 'finished',
};
const when = (iso: string): string =>
  new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
/** A run in the folder itself has no name of its own. */
const titleOf = ({ name, recipe }: Run): string => (name === '.' ? recipe : name);
/** What epochs are compared by, where they have no accuracy. */
const figureOf = (epoch: RunEpoch | null): string => {
  const accuracy = epoch?.accuracies[0];
  return accuracy != null ? percent1(accuracy) : (epoch?.score?.toFixed(3) ?? '–');
};

export function RunsSection() {
  const { data, error } = useData<Runs>('api/runs', REFRESH_MS);
  if (!data) return <ErrorNote message={error} />;
  const { runs, reports } = data;
  return (
    <section aria-labelledby="runs">
      <h2 id="runs" className="display is-small">
        Runs and reports
      </h2>
      {runs.length + reports.length === 0 && (
        <p className="lead">
          None yet: what <code>mien train</code> writes below the folder that <code>mien serve --runs</code> names is
          shown here while it trains.
        </p>
      )}
      {runs.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Training runs">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Recipe</th>
                <th scope="col">State</th>
                <NumberHeads names={['Epochs', 'Best', 'Last']} />
                <th scope="col">Changed</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.name}>
                  <th scope="row">
                    <a href={`${PAGES.models.path}/runs/${encodeURIComponent(run.name)}`}>{titleOf(run)}</a>
                  </th>
                  <td>{run.recipe}</td>
                  <td>{STATES[run.state]}</td>
                  <td className="is-number">
                    {run.epochs} of {run.plannedEpochs}
                  </td>
                  <td className="is-number">{figureOf(run.best)}</td>
                  <td className="is-number">{figureOf(run.last)}</td>
                  <td>{when(run.updatedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {reports.length > 0 && (
        <ul className="report-list">
          {reports.map(({ name, title, updatedAt }) => (
            <li key={name}>
              <a href={addressOf(`api/reports/${encodeURIComponent(name)}`)} target="_blank" rel="noreferrer">
                {title}
              </a>{' '}
              <span className="quiet">
                {name}, {when(updatedAt)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function RunPage({ name }: { readonly name: string }) {
  const { data: run, error } = useData<RunDetail>(`api/runs/${encodeURIComponent(name)}`, REFRESH_MS);
  return (
    <article className="models">
      <p>
        <a href={PAGES.models.path}>Models and runs</a>
      </p>
      <ErrorNote message={error} />
      {run && <RunView run={run} />}
    </article>
  );
}

function RunView({ run }: { readonly run: RunDetail }) {
  const { history, best, last } = run;
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const left = last ? (run.plannedEpochs - run.epochs) * (seconds / history.length) : undefined;
  const facts = [
    ['State', STATES[run.state]],
    ['Epochs', `${run.epochs} of ${run.plannedEpochs}`],
    ['Best', best ? `${figureOf(best)} in epoch ${best.epoch}` : '–'],
    ['Last', figureOf(last)],
    ['Trained', duration(seconds)],
    ...(run.state === 'running' && left !== undefined ? [['Left, about', duration(left)]] : []),
  ] as const;
  return (
    <>
      <h1 className="display is-small">{titleOf(run)}</h1>
      <p className="quiet">
        {run.recipe}, {when(run.updatedAt)}
      </p>
      <dl className="facts is-wide">
        {facts.map(([title, value]) => (
          <div key={title} className="fact">
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {history.length > 0 && <Curves history={history} />}
    </>
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly of: string;
}
const pointsOf = (history: readonly RunEpoch[], of: string, value: (epoch: RunEpoch) => number | null): Point[] =>
  history.flatMap((one) => {
    const known = value(one);
    return known === null ? [] : [{ epoch: one.epoch, value: known, of }];
  });

function Curves({ history }: { readonly history: readonly RunEpoch[] }) {
  const heads = history[0]!.accuracies.length;
  const accuracies = Array.from({ length: heads }, (_, i) =>
    pointsOf(history, heads > 1 ? `output ${i + 1}` : 'validation', ({ accuracies: all }) => all[i] ?? null),
  ).flat();
  const losses = [
    ...pointsOf(history, 'training', ({ trainLoss }) => trainLoss),
    ...pointsOf(history, 'validation', ({ validationLoss }) => validationLoss),
  ];
  const rates = pointsOf(history, 'learning rate', ({ lr }) => lr);
  return (
    <div className="run-curves">
      {accuracies.length > 0 && <Curve title="Accuracy on the validation split" points={accuracies} isShare />}
      <Curve title="Loss" points={losses} />
      <Curve title="Learning rate" points={rates} />
    </div>
  );
}

function Curve({
  title,
  points,
  isShare = false,
}: {
  readonly title: string;
  readonly points: readonly Point[];
  readonly isShare?: boolean;
}) {
  // Drawn anew when there is another epoch, not each time that the server is asked
  const key = JSON.stringify(points);
  const options = useCallback(
    (width: number): Plot.PlotOptions => {
      const known = JSON.parse(key) as Point[];
      const last = Math.max(...known.map(({ epoch }) => epoch));
      return {
        height: Math.min(260, 0.6 * width),
        marginLeft: 48,
        x: { label: 'epoch', ticks: Math.min(last, 8), tickFormat: 'd' },
        y: { label: null, grid: true, ...(isShare ? { tickFormat: '.0%' } : {}) },
        color: { legend: new Set(known.map(({ of }) => of)).size > 1, scheme: 'Observable10' },
        marks: [
          Plot.lineY(known, { x: 'epoch', y: 'value', stroke: 'of' }),
          Plot.dot(known, { x: 'epoch', y: 'value', fill: 'of', r: 2 }),
        ],
      };
    },
    [key, isShare],
  );
  const last = points.at(-1);
  const label = last
    ? `${title} by epoch; in epoch ${last.epoch} ${isShare ? percent1(last.value) : last.value.toPrecision(3)}`
    : title;
  return (
    <figure>
      <figcaption className="card-subtitle">{title}</figcaption>
      <Chart label={label} options={options} />
    </figure>
  );
}
