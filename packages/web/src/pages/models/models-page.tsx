/** The models that the page has, with the figures of their cards. */
import * as Plot from '@observablehq/plot';
import cards from 'virtual:model-cards';
import { useCallback } from 'react';
import { Glyph } from '../../components/glyph.tsx';
import { Chart } from '../../components/plot.tsx';
import { capitalized, megabytes, percent, percent1 } from '../../format.ts';
import { go } from '../../routes.ts';
import { account } from '../../state/account.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import type { Metric, ModelCard, Robustness } from './card.ts';
import { RunPage, RunsSection } from './runs.tsx';
import { NumberHeads } from '../../components/number-heads.tsx';

export default function ModelsPage({ parts: [part, run] }: { readonly parts: readonly string[] }) {
  // Where the server asks nobody to sign in, whoever is there may see them
  const seesRuns = useStore(account, ({ session }) => session?.rights.includes('runs.read') === true);
  if (part === 'runs' && run !== undefined) return <RunPage key={run} name={nameOf(run)} />;
  return (
    <article className="models">
      <h1 className="display is-small">
        What the models <em>can</em> and cannot
      </h1>
      {cards.map((card) => (
        <Card key={card.name} card={card} />
      ))}
      {seesRuns && <RunsSection />}
    </article>
  );
}

/** A part of the address as it was before it became one. */
function nameOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function Card({ card }: { readonly card: ModelCard }) {
  const inUse = useStore(settings, (value) => value.model) === card.name;
  const [head] = card.heads;
  const covered = card.metrics.find(({ coverage, views }) => coverage && views !== 'mirror');
  return (
    <section className="card" aria-labelledby={`model-${card.name}`}>
      <header className="card-head">
        <div>
          <h2 id={`model-${card.name}`} className="card-title">
            {card.name}
          </h2>
          <p className="quiet">{card.title}</p>
        </div>
        <button
          type="button"
          className="button"
          disabled={inUse}
          onClick={() => {
            settings.set({ model: card.name });
            go('recognize');
          }}
        >
          {inUse ? 'In use' : 'Use this model'}
        </button>
      </header>
      <dl className="facts is-wide">
        <div className="fact">
          <dt>Size</dt>
          <dd>{megabytes(card.bytes)}</dd>
        </div>
        <div className="fact">
          <dt>Parameters</dt>
          <dd>{card.parameters.toLocaleString('en-GB')}</dd>
        </div>
        <div className="fact">
          <dt>Sees</dt>
          <dd>
            {card.input.width} × {card.input.height} px, {card.input.channels}
          </dd>
        </div>
        <div className="fact">
          <dt>Trained on</dt>
          <dd>
            {card.data.dataset}, {card.data.trainImages.toLocaleString('en-GB')} images
          </dd>
        </div>
        {head?.uncertainBelow !== undefined && (
          <div className="fact">
            <dt>Uncertain below</dt>
            <dd>{percent(head.uncertainBelow)}</dd>
          </div>
        )}
      </dl>
      <ul className="classes" aria-label="Expressions that it tells apart">
        {head?.classes.map((name) => (
          <li key={name} data-expression={name}>
            <Glyph name={name} size={22} /> {name}
          </li>
        ))}
      </ul>
      <div className="card-body">
        <Figures metrics={card.metrics} />
        {covered?.coverage && <Coverage metric={covered} />}
        {card.robustness && <RobustnessChart robustness={card.robustness} />}
      </div>
      <h3 className="card-subtitle">Limits</h3>
      <ul className="limits">
        {card.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </section>
  );
}

function Figures({ metrics }: { readonly metrics: readonly Metric[] }) {
  return (
    <div className="table-scroll card-table" tabIndex={0} role="region" aria-label="Figures">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Measured on</th>
            <th scope="col">Views</th>
            <NumberHeads names={['Images', 'Accuracy', '95 %', 'Mean of classes', 'ECE']} />
          </tr>
        </thead>
        <tbody>
          {metrics.map(({ dataset, split, views, n, accuracy, meanAccuracy, ece, intervals }) => (
            <tr key={`${dataset} ${split} ${views}`}>
              <th scope="row">
                {dataset} {split}
              </th>
              <td>{views === 'mirror' ? 'two' : 'one'}</td>
              <td className="is-number">{n.toLocaleString('en-GB')}</td>
              <td className="is-number">{percent1(accuracy)}</td>
              <td className="is-number">
                {intervals?.accuracy
                  ? `${(100 * intervals.accuracy[0]).toFixed(1)}–${(100 * intervals.accuracy[1]).toFixed(1)}`
                  : '–'}
              </td>
              <td className="is-number">{meanAccuracy === undefined ? '–' : percent1(meanAccuracy)}</td>
              <td className="is-number">{ece === undefined ? '–' : ece.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How accuracy grows as less certain answers are left out. */
function Coverage({ metric }: { readonly metric: Metric }) {
  const points = metric.coverage!.points.filter(({ accuracy, coverage }) => accuracy !== null && coverage > 0.02);
  const options = useCallback(
    (): Plot.PlotOptions => ({
      height: 230,
      x: { label: 'faces that are answered', tickFormat: '.0%', reverse: true, domain: [0, 1] },
      y: { label: 'accuracy', tickFormat: '.0%', grid: true },
      marks: [
        Plot.line(points, { x: 'coverage', y: 'accuracy', stroke: 'var(--accent)', strokeWidth: 2 }),
        Plot.dot(points, { x: 'coverage', y: 'accuracy', fill: 'var(--accent)', r: 2.5 }),
      ],
    }),
    [metric],
  );
  return (
    <figure className="chart">
      <figcaption className="card-subtitle">Leaving out what is uncertain</figcaption>
      <Chart
        label={`Accuracy from ${percent(points[0]!.accuracy!)} of all faces to ${percent(points.at(-1)!.accuracy!)} of the ${percent(points.at(-1)!.coverage)} that are surest, ${metric.dataset} ${metric.split}`}
        options={options}
      />
    </figure>
  );
}

function RobustnessChart({ robustness }: { readonly robustness: Robustness }) {
  const rows = robustness.changes.map(({ kind, figures }) => ({
    kind: capitalized(kind),
    accuracy: figures[Math.floor((figures.length - 1) / 2)]!.accuracy,
  }));
  const options = useCallback(
    (): Plot.PlotOptions => ({
      marginLeft: 96,
      height: 44 + rows.length * 26,
      x: { label: 'accuracy', tickFormat: '.0%', domain: [0, 1] },
      y: { label: null },
      marks: [
        Plot.barX(rows, {
          x: 'accuracy',
          y: 'kind',
          fill: 'var(--accent)',
          fillOpacity: 0.85,
          insetTop: 3,
          insetBottom: 3,
          sort: { y: '-x' },
        }),
        Plot.ruleX([robustness.accuracy], { stroke: 'var(--ink)', strokeDasharray: '3 3' }),
      ],
    }),
    [robustness],
  );
  return (
    <figure className="chart">
      <figcaption className="card-subtitle">Pictures made worse, to middle strength</figcaption>
      <Chart
        label={`Accuracy unchanged ${percent(robustness.accuracy)}; ${rows.map(({ kind, accuracy }) => `${kind} ${percent(accuracy)}`).join(', ')}`}
        options={options}
      />
    </figure>
  );
}
