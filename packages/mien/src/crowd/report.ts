/** The result of truth inference as one self-contained HTML page. */
import {
  axisOf,
  barChart,
  confusionTable,
  escapeHtml,
  histogram,
  page,
  percent,
  scatter,
  stackedBars,
  type Point,
  type StackedBar,
} from '../report/index.ts';
import { countTasks } from './agreement/counts.ts';
import type { Inference } from './inference.ts';
import { methodOf } from './methods/index.ts';
import type { TruthScore } from './read-truth.ts';
import type { Votes } from './votes.ts';
import type { CrowdWarning } from './warnings.ts';
import { FLAG_RULE, type WorkerReport } from './worker-report.ts';

export interface CrowdReport {
  /** Where the votes are from; heads the page. */
  readonly source: string;
  readonly votes: Votes;
  readonly inference: Inference;
  readonly workers: readonly WorkerReport[];
  readonly warnings: readonly CrowdWarning[];
  readonly truth?: TruthScore;
}

/** Confusion tables of more classes cannot be read. */
const MAX_CLASSES = 20;
const WORKERS_LISTED = 15;
const EXAMPLES = 9;

/** @returns the text of an HTML file */
export function renderCrowdReport({ source, votes, inference, workers, warnings, truth }: CrowdReport): string {
  const { classes } = votes;
  const entropies = voteEntropies(votes);
  const sections = [
    `<p class="where">${escapeHtml(methodOf(inference.method).title)}, ${classes.length} classes</p>`,
    ...(inference.choice ? [`<p class="note">${escapeHtml(inference.choice.reason)}</p>`] : []),
    warnings.length > 0
      ? `<ul class="warnings">${warnings.map(({ message }) => `<li>${escapeHtml(message)}</li>`).join('')}</ul>`
      : '<p class="note">No warnings: votes are many enough, and the model fits them.</p>',
    figures(votes, inference, workers, truth),
    '<h2>Classes, %</h2>',
    barChart(['votes', 'inferred labels'], classShares(votes, inference)),
    '<h2>Workers</h2>',
    workerSection(inference, workers),
    '<h2>Difficulty of the tasks</h2>',
    difficultySection(inference, entropies),
    '<h2>Examples, from agreed to divided</h2>',
    '<p class="note">Share of each task\'s votes, in %, and the label inferred from them with its probability.</p>',
    stackedBars(classes, examples(votes, inference, entropies)),
    ...confusionSections(classes, workers, truth),
    '<p class="note">Labels are what annotators saw in a face, not what the person felt.</p>',
  ];
  return page(`Labels inferred from ${source}`, sections.join('\n'));
}

function figures(
  votes: Votes,
  inference: Inference,
  workers: readonly WorkerReport[],
  truth: TruthScore | undefined,
): string {
  const { tasks, task } = votes;
  const flagged = workers.filter(({ flag }) => flag !== null).length;
  const rows: [string, string, string][] = [
    ['Votes', String(task.length), `${(task.length / tasks.length).toFixed(1)} a task on average`],
    [
      'Tasks',
      String(tasks.length),
      inference.ties.length > 0 ? `${inference.ties.length} tied between classes` : 'none tied between classes',
    ],
    ['Workers', String(workers.length), `${flagged} flagged`],
    ['Rounds', String(inference.iterations), inference.converged ? 'converged' : 'had not converged'],
    [
      'Log-likelihood',
      inference.logLikelihood.toFixed(1),
      `${inference.penalizedLogLikelihood.toFixed(1)} with priors`,
    ],
  ];
  if (truth && truth.n > 0) rows.push(['Accuracy', `${percent(truth.accuracy)} %`, `of ${truth.n} tasks with truth`]);
  return table(rows);
}

function table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const header = head
    ? `<thead><tr>${head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>`
    : '';
  return `<table class="figures">${header}<tbody>${rows.map(([name, ...cells]) => `<tr><th scope="row">${escapeHtml(name!)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
}

function classShares({ classes, label, tasks }: Votes, { labels }: Inference): { label: string; values: number[] }[] {
  const shareOf = (indices: Int32Array, k: number, total: number): number =>
    indices.reduce((sum, i) => sum + Number(i === k), 0) / total;
  return classes.map((name, k) => ({
    label: name,
    values: [shareOf(label, k, label.length), shareOf(labels, k, tasks.length)],
  }));
}

function workerSection({ method }: Inference, workers: readonly WorkerReport[]): string {
  const placed = workers.filter(({ accuracy }) => !Number.isNaN(accuracy));
  const name = methodOf(method).reliability;
  const points = placed.map(({ worker, accuracy, reliability, votes, flag }): Point => ({
    x: 100 * accuracy,
    y: reliability,
    series: flag === null ? 0 : 1,
    title: `${worker}: ${votes} votes`,
  }));
  const plots = [
    `<div><h3>Reliability and agreement with the consensus</h3>${
      points.length > 0
        ? scatter(
            points,
            axisOf(
              'votes that are the inferred label, %',
              points.map(({ x }) => x),
            ),
            axisOf(
              name,
              points.map(({ y }) => y),
            ),
            ['not flagged', 'flagged'],
          )
        : '<p class="note">No two workers voted on one task, so there is no consensus to compare with.</p>'
    }</div>`,
    `<div><h3>Distribution of the reliability</h3>${histogram(
      workers.map((w) => w.reliability),
      axisOf(
        name,
        workers.map((w) => w.reliability),
      ),
      'workers',
    )}</div>`,
  ];
  const order = [...workers].sort(
    (a, b) => Number(b.flag !== null) - Number(a.flag !== null) || a.reliability - b.reliability,
  );
  const hasTimes = workers.some(({ medianSeconds }) => !Number.isNaN(medianSeconds));
  const rows = order
    .slice(0, WORKERS_LISTED)
    .map((w) => [
      w.worker,
      String(w.votes),
      fixed(w.reliability, 3),
      percent(w.accuracy),
      fixed(w.kappa, 2),
      ...(hasTimes ? [fixed(w.medianSeconds, 1)] : []),
      w.flag ?? '',
    ]);
  const heads = ['worker', 'votes', name, 'agreement, %', 'κ', ...(hasTimes ? ['median seconds'] : []), 'flag'];
  return `<div class="row">${plots.join('')}</div>
<h3>${workers.length > WORKERS_LISTED ? `The ${WORKERS_LISTED} to look at first, of ${workers.length}` : 'All workers'}</h3>
<div class="scroll">${table(rows, heads)}</div><p class="note">${escapeHtml(FLAG_RULE)}</p>`;
}

function difficultySection(inference: Inference, entropies: Float64Array): string {
  const plots = [
    `<div><h3>How divided the votes are</h3>${histogram(entropies, axisOf('entropy of the votes, bits', [0, ...entropies]), 'tasks')}</div>`,
  ];
  if ('beta' in inference) {
    const logs = inference.beta.map((beta) => -Math.log10(beta));
    const power = (value: number): string => String(Number((10 ** value).toPrecision(2)));
    plots.push(
      `<div><h3>Difficulty in the model</h3>${histogram(logs, axisOf('difficulty 1/β, logarithmic', logs, power), 'tasks')}</div>`,
    );
  }
  return `<div class="row">${plots.join('')}</div>`;
}

/** Tasks at even steps from the least to the most divided. */
function examples(votes: Votes, inference: Inference, entropies: Float64Array): StackedBar[] {
  const { tasks, classes } = votes;
  const K = classes.length;
  const { counts, sizes } = countTasks(votes);
  const order = [...entropies.keys()].sort((a, b) => entropies[a]! - entropies[b]!);
  const count = Math.min(EXAMPLES, order.length);
  return Array.from({ length: count }, (_, i) => {
    const t = order[count === 1 ? 0 : Math.round((i * (order.length - 1)) / (count - 1))]!;
    const label = inference.labels[t]!;
    return {
      label: tasks[t]!.length > 20 ? `…${tasks[t]!.slice(-19)}` : tasks[t]!,
      shares: classes.map((_, k) => counts[t * K + k]! / sizes[t]!),
      note: `${classes[label]!} ${percent(inference.posterior[t * K + label]!)} %, ${sizes[t]!} ${sizes[t] === 1 ? 'vote' : 'votes'}`,
    };
  });
}

function confusionSections(
  classes: readonly string[],
  workers: readonly WorkerReport[],
  truth: TruthScore | undefined,
): string[] {
  if (classes.length > MAX_CLASSES)
    return [
      `<p class="note">No confusion tables: ${classes.length} classes are too many to read, at most ${MAX_CLASSES} are shown.</p>`,
    ];
  const votes = classes.map((_, k) => classes.map((__, l) => workers.reduce((sum, w) => sum + w.confusion[k]![l]!, 0)));
  const sections = [
    '<h2>What votes confuse</h2><p class="note">Rows: the inferred label. Large figures: share of the votes on these tasks, %. Small figures: votes.</p>' +
      `<div class="scroll">${confusionTable(classes, votes, { rows: 'inferred', columns: 'vote', unit: 'votes' })}</div>`,
  ];
  if (truth && truth.n > 0) {
    sections.push(
      '<h2>Truth and inferred labels</h2><p class="note">Large figures: share of the row, %. Small figures: tasks.</p>' +
        `<div class="scroll">${confusionTable(classes, truth.confusion, { rows: 'truth', columns: 'inferred', unit: 'tasks' })}</div>`,
    );
  }
  return sections;
}

/** A dash where undefined; never −0. */
function fixed(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1');
}

/** −Σₖ pₖ log₂ pₖ of the shares of each task's votes, [T] bits. */
function voteEntropies(votes: Votes): Float64Array {
  const { counts, sizes, classCount: K } = countTasks(votes);
  return Float64Array.from(sizes, (n, t) => {
    let entropy = 0;
    for (let k = 0; k < K; k++) {
      const p = counts[t * K + k]! / n;
      if (p > 0) entropy -= p * Math.log2(p);
    }
    return entropy;
  });
}
