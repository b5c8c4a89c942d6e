/** The parts of an evaluation's page beyond its first figures, as HTML text. */
import type { CoveragePoint, Interval } from '../metrics/index.ts';
import { axisOf, curveChart, escapeHtml, figuresTable, percent, type Curve } from '../report/index.ts';
import type { ModelComparison } from './compare-models.ts';
import type { EnsembleWeights } from './ensemble.ts';
import type { Evaluation } from './evaluate.ts';
import type { Mistake } from './mistakes.ts';
import { robustnessPlot, type Robustness } from './robustness/index.ts';
import type { Uncertainty } from './uncertainty.ts';

/** `84.6 to 87.0 %`; a dash where undefined */
export const intervalText = ([low, high]: Interval): string =>
  Number.isNaN(low) ? '–' : `${percent(low)} to ${percent(high)} %`;

/** A small probability with two digits: `0.031`, `2.4e-7`. */
export const pValueText = (p: number): string => (p < 1e-3 ? p.toExponential(1) : p.toPrecision(2));

/** The curve of answering less often, and the points of the models' own thresholds. */
export function coverageChart(
  models: readonly {
    readonly name: string;
    readonly coverage: readonly CoveragePoint[];
    readonly uncertain: Uncertainty | null;
  }[],
): string {
  const curves = models.map(({ name, coverage, uncertain }): Curve => ({
    name,
    points: coverage
      .filter((p) => !Number.isNaN(p.accuracy))
      .map((p) => [100 * p.coverage, 100 * p.accuracy] as const)
      .reverse(),
    ...(uncertain && !Number.isNaN(uncertain.accuracy)
      ? {
          mark: {
            x: 100 * uncertain.coverage,
            y: 100 * uncertain.accuracy,
            title: `${name}, from ${uncertain.below} on`,
          },
        }
      : {}),
  }));
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
  if (values.length === 0) return '';
  const xAxis = { ...axisOf('answered, % of the images', [0, 100]), low: 0, high: 100 };
  return curveChart(xAxis, axisOf('accuracy of the answers, %', values), curves);
}

export function coverageSection({ coverage, uncertain, unclear }: Evaluation): string {
  if (coverage.length === 0) return '';
  const threshold =
    uncertain === null
      ? ''
      : `<p class="note">The circle is the model's own threshold: answers of a confidence below ${uncertain.below.toFixed(2)} are marked uncertain. ${percent(uncertain.coverage)} % of the images get an answer that is not, and ${percent(uncertain.accuracy)} % of these are right; of all answers it is ${percent(uncertain.accuracyOfAll)} %.</p>`;
  const examples =
    unclear.length === 0
      ? ''
      : `<p class="note">Images in which annotators saw no clear expression, and which do not count above:</p>${figuresTable(
          {
            columns: ['images', 'number', 'marked uncertain', '%'],
            rows: unclear.map(({ reason, n, flagged }) => [reason, String(n), String(flagged), percent(flagged / n)]),
          },
        )}`;
  return `<h2>Answering less often</h2>
<p class="note">Accuracy of the answers that remain when those below a confidence are withheld.</p>
${coverageChart([{ name: 'model', coverage, uncertain }])}
${threshold}${examples}`;
}

/** @param pictures by the image's id: `data:` URLs */
export function mistakesSection(mistakes: readonly Mistake[], pictures: ReadonlyMap<string, string>): string {
  if (mistakes.length === 0) return '';
  const cells = mistakes.map(({ id, label, prediction, confidence }) => {
    const picture = pictures.get(id);
    const image =
      picture === undefined ? '' : `<img src="${picture}" alt="${escapeHtml(`${label}, taken for ${prediction}`)}">`;
    return `<figure>${image}<figcaption><strong>${escapeHtml(prediction)}</strong> ${percent(confidence)}&nbsp;%<br>label ${escapeHtml(label)}<br><span class="id">${escapeHtml(id)}</span></figcaption></figure>`;
  });
  return `<h2>The most confident mistakes</h2>
<p class="note">What the model says (bold, with its confidence), and what the label is. Some of the labels are wrong.</p>
<div class="pictures">${cells.join('')}</div>`;
}

export function labelSetsSection({
  dataset,
  classes,
  n,
  accuracy,
  meanAccuracy,
  intervals,
  labelSets,
}: Evaluation): string {
  if (labelSets.length === 0) return '';
  const own = { dataset, classes, n, accuracy, meanAccuracy, intervals };
  return `<h2>Under other rules of labels</h2>${figuresTable({
    columns: ['labels', 'classes', 'images', 'accuracy, %', '95 % interval', 'mean accuracy, %', '95 % interval'],
    rows: [own, ...labelSets].map((set) => [
      set.dataset,
      String(set.classes.length),
      String(set.n),
      percent(set.accuracy),
      intervalText(set.intervals.accuracy),
      percent(set.meanAccuracy),
      intervalText(set.intervals.meanAccuracy),
    ]),
  })}`;
}

export function robustnessSection(robustness: Robustness): string {
  const { n, of } = robustness;
  return `<h2>Under changes of the image</h2>
<p class="note">Accuracy in % when all images are changed in one way; ${n === of ? `all ${n} images` : `${n} of the ${of} images, drawn by seed ${robustness.seed}`}. Dashed: without any change. Beyond the border of an image its edge is repeated, so that turned, shifted and widely framed faces look a little worse than in photos.</p>
${robustnessPlot(robustness)}`;
}

export function comparisonSection(comparisons: readonly ModelComparison[]): string {
  return `<h2>Compared</h2>
<p class="note">McNemar's exact test on the images that one of two models alone gets right: p is the probability of a difference as large, or larger, between equally accurate models${comparisons.length > 1 ? ', not adjusted for the number of pairs' : ''}. The interval of the difference is a bootstrap over images.</p>
${figuresTable({
  named: 2,
  columns: [
    'model',
    'against',
    'both right',
    'only the first',
    'only the second',
    'both wrong',
    'difference, points',
    '95 % interval',
    'p',
  ],
  rows: comparisons.map((c) => [
    c.first,
    c.second,
    String(c.bothRight),
    String(c.onlyFirst),
    String(c.onlySecond),
    String(c.bothWrong),
    percent(c.difference),
    `${percent(c.interval[0])} to ${percent(c.interval[1])}`,
    pValueText(c.pValue),
  ]),
})}`;
}

/** What an ensemble is made of, and how it was put together. */
export interface EnsembleMembers {
  readonly names: readonly string[];
  readonly evaluations: readonly Evaluation[];
  readonly weights: EnsembleWeights | null;
  /** Size of the members' files together. */
  readonly bytes: number;
}

export function membersSection({ names, evaluations, weights, bytes }: EnsembleMembers): string {
  return `<h2>Members</h2>${figuresTable({
    columns: [
      'model',
      'accuracy, %',
      '95 % interval',
      'mean accuracy, %',
      '95 % interval',
      ...(weights ? ['weight'] : []),
    ],
    rows: evaluations.map((e, i) => [
      names[i]!,
      percent(e.accuracy),
      intervalText(e.intervals.accuracy),
      percent(e.meanAccuracy),
      intervalText(e.intervals.meanAccuracy),
      ...(weights ? [weights.weights[i]!.toFixed(3)] : []),
    ]),
    notes: [...(weights ? [weightsNote(weights)] : []), `Their files together: ${(bytes / 1e6).toFixed(2)} MB.`],
  })}`;
}

export const weightsNote = ({ exponent, fittedOn, crossValidated }: EnsembleWeights): string =>
  `Weights: accuracy to the power of ${exponent}, chosen on ${fittedOn}${crossValidated ? ' by cross-validation: each fifth of the images is answered with weights that the other four chose' : ', which is not measured here'}.`;
