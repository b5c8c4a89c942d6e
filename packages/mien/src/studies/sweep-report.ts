/** A sweep as tables and as a page with a chart for each parameter that was varied. */
import { joinCsv } from '../tables/index.ts';
import { spread, type Spread } from '../metrics/index.ts';
import { escapeHtml, lineChart, page, spreadCell, type Line, type Table } from '../report/index.ts';
import type { Sweep, SweepRun } from './sweep-run.ts';

/** The runs of one setting on one split, over their seeds. */
export interface SweepSummary {
  readonly parameters: SweepRun['parameters'];
  readonly dataset: string;
  readonly split: string;
  readonly head: string;
  readonly seeds: readonly number[];
  /**
   * Means over the seeds with a figure, and their sample standard deviations (n − 1; NaN for one); NaN where there is
   * none.
   */
  readonly accuracy: number;
  readonly accuracyDeviation: number;
  readonly meanAccuracy: number;
  readonly meanAccuracyDeviation: number;
}

/** In order of the runs, then of their splits. */
export function summarizeSweep({ runs }: Pick<Sweep, 'runs'>): SweepSummary[] {
  const groups = new Map<
    string,
    {
      first: SweepRun;
      metric: SweepRun['metrics'][number];
      seeds: number[];
      accuracies: (number | null)[];
      means: (number | null)[];
    }
  >();
  for (const run of runs) {
    for (const metric of run.metrics) {
      const key = JSON.stringify([Object.entries(run.parameters).sort(), metric.dataset, metric.split, metric.head]);
      const group = groups.get(key) ?? { first: run, metric, seeds: [], accuracies: [], means: [] };
      groups.set(key, group);
      group.seeds.push(run.seed);
      group.accuracies.push(metric.accuracy);
      group.means.push(metric.meanAccuracy);
    }
  }
  return [...groups.values()].map(({ first, metric: { dataset, split, head }, seeds, accuracies, means }) => {
    const [a, m] = [accuracies, means].map((values) => spread(values.filter((value) => value !== null))) as [
      Spread,
      Spread,
    ];
    return {
      parameters: first.parameters,
      dataset,
      split,
      head,
      seeds,
      accuracy: a.mean,
      accuracyDeviation: a.std,
      meanAccuracy: m.mean,
      meanAccuracyDeviation: m.std,
    };
  });
}

/** Rows: settings and splits; figures in %, with ± the deviation over seeds where there are several. */
export function sweepTable(sweep: Sweep): Table {
  const names = Object.keys(sweep.parameters);
  const summaries = summarizeSweep(sweep);
  const several = summaries.some(({ seeds }) => seeds.length > 1);
  return {
    columns: [...names, 'data', 'split', 'seeds', 'accuracy', 'mean accuracy'],
    named: names.length + 2,
    rows: summaries.map((s) => [
      ...names.map((name) => String(s.parameters[name])),
      s.dataset,
      s.split,
      String(s.seeds.length),
      spreadCell({ mean: s.accuracy, std: s.accuracyDeviation }),
      spreadCell({ mean: s.meanAccuracy, std: s.meanAccuracyDeviation }),
    ]),
    caption: `${sweep.title}: ${sweep.family} by ${names.join(' and ')}, %`,
    ...(several ? { notes: ['± sample standard deviation over the seeds.'] } : {}),
  };
}

/** One line for each run and split. */
export function sweepCsv({ parameters, runs }: Sweep): string {
  const names = Object.keys(parameters);
  const header = [
    ...names,
    'seed',
    'dataset',
    'split',
    'head',
    'role',
    'n',
    'accuracy',
    'mean_accuracy',
    'best_epoch',
    'epochs',
    'seconds',
    'folder',
  ];
  const rows = runs.flatMap((run) =>
    run.metrics.map((m) => [
      ...names.map((name) => run.parameters[name]!),
      run.seed,
      m.dataset,
      m.split,
      m.head,
      m.role,
      m.n,
      m.accuracy ?? '',
      m.meanAccuracy ?? '',
      run.bestEpoch,
      run.epochs,
      run.wallSeconds,
      run.folder,
    ]),
  );
  return `${[header, ...rows].map(joinCsv).join('\n')}\n`;
}

/** @returns the text of an HTML file: charts as fig. 8 of Li & Deng 2019, and the table */
export function renderSweep(sweep: Sweep): string {
  const summaries = summarizeSweep(sweep);
  const places = [...new Map(summaries.map((s) => [`${s.dataset} ${s.split} ${s.head}`, s])).values()];
  const names = Object.keys(sweep.parameters);
  const sections = places.map(({ dataset, split, head }) => {
    const here = summaries.filter((s) => s.dataset === dataset && s.split === split && s.head === head);
    const charts = names.flatMap((name) =>
      (['accuracy', 'meanAccuracy'] as const).map((metric) => chart(name, metric, here)),
    );
    const shown = charts.filter((text) => text !== '');
    return shown.length === 0
      ? ''
      : `<h2>${escapeHtml(`${dataset} ${split}`)}</h2><div class="row">${shown.map((text) => `<div>${text}</div>`).join('')}</div>`;
  });
  const { columns, rows } = sweepTable(sweep);
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return page(
    sweep.title,
    `<p class="where">${escapeHtml(`${sweep.family}, ${sweep.runs.length} runs on ${sweep.dataset}${sweep.epochs === null ? '' : `, ${sweep.epochs} ${sweep.epochs === 1 ? 'epoch' : 'epochs'} each`}`)}</p>
${sections.join('\n')}
${convergence(sweep)}
<h2>Figures, %</h2>
<div class="scroll"><table><thead>${cells(columns, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('')}</tbody></table></div>
<p class="note">± and bars: sample standard deviation over the seeds. A split that chose the epoch of each run gives figures slightly too good.</p>`,
  );
}

/** The error on the validation split after each epoch, a line a run, as fig. 10a of Li & Deng 2019. */
function convergence({ parameters, runs }: Sweep): string {
  const several = (key: (run: SweepRun) => number | undefined): boolean => new Set(runs.map(key)).size > 1;
  const names = Object.keys(parameters).filter((name) => several((run) => run.parameters[name]));
  const lines = runs.flatMap((run): Line[] => {
    const points = (run.curve ?? []).flatMap((accuracy, step) =>
      Number.isFinite(accuracy) ? [{ step, value: 100 * (1 - accuracy) }] : [],
    );
    const own = [
      ...names.map((name) => `${name} = ${run.parameters[name]}`),
      ...(several(({ seed }) => seed) ? [`seed ${run.seed}`] : []),
    ];
    return points.length > 1 ? [{ name: own.join(', '), points }] : [];
  });
  if (lines.length === 0) return '';
  const epochs = Math.max(...lines.map(({ points }) => points.at(-1)!.step + 1));
  // Some twelve names beneath the axis, whatever the number of epochs
  const every = Math.ceil(epochs / 12);
  const steps = Array.from({ length: epochs }, (_, i) => (i % every === 0 ? String(i + 1) : ''));
  return `<h2>Convergence</h2><div class="row"><div>${lineChart('epoch', steps, 'error on the validation split, %', lines)}</div></div>`;
}

/** One line for each combination of the other parameters that has two or more values of this one. */
function chart(name: string, metric: 'accuracy' | 'meanAccuracy', summaries: readonly SweepSummary[]): string {
  const values = [...new Set(summaries.map((s) => s.parameters[name]!))].sort((a, b) => a - b);
  const lines = new Map<string, Line & { points: Line['points'][number][] }>();
  for (const s of summaries) {
    if (Number.isNaN(s[metric])) continue;
    const rest = Object.keys(s.parameters)
      .sort()
      .filter((other) => other !== name)
      .map((other) => `${other} = ${s.parameters[other]}`)
      .join(', ');
    const line = lines.get(rest) ?? { name: rest, points: [] };
    lines.set(rest, line);
    const deviation = s[`${metric}Deviation`];
    line.points.push({
      step: values.indexOf(s.parameters[name]!),
      value: 100 * s[metric],
      ...(Number.isNaN(deviation) ? {} : { spread: 100 * deviation }),
    });
  }
  const drawn = [...lines.values()]
    .filter(({ points }) => points.length > 1)
    .map((line) => ({ ...line, points: line.points.sort((a, b) => a.step - b.step) }));
  if (drawn.length === 0) return '';
  const fixed = drawn.length === 1 && drawn[0]!.name !== '' ? ` (${drawn[0]!.name})` : '';
  return lineChart(name + fixed, values.map(String), metric === 'accuracy' ? 'accuracy, %' : 'mean accuracy, %', drawn);
}
