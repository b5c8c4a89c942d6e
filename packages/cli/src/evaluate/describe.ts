/** Evaluations as text, for a terminal. */
import {
  type EnsembleMembers,
  intervalText,
  pValueText,
  weightsNote,
  type Evaluation,
  type ModelComparison,
} from 'mienjs/evaluate';
import { percentCell, renderTable } from 'mienjs/report';

/** The figures as text: a summary, and a line for each class. */
export function describeEvaluation(e: Evaluation): string {
  const rows = e.classes.map((name) => {
    const { recall, precision, f1, support } = e.perClass[name]!;
    return [name, percentCell(recall), percentCell(precision), percentCell(f1), String(support)];
  });
  const outputs = describeOutputs(e);
  if (e.n === 0 && e.outputs) return `${e.model} on ${e.dataset} ${e.split}\n${outputs}`;
  const lines = [
    `${e.model} (${e.head}) on ${e.dataset} ${e.split}: ${e.n} images`,
    `accuracy ${percentCell(e.accuracy)} %, mean accuracy ${percentCell(e.meanAccuracy)} %${Number.isNaN(e.ece) ? '' : `, calibration error ${percentCell(e.ece)} %`}`,
    ...[['class', 'recall', 'precision', 'f1', 'images'], ...rows].map((row) =>
      row.map((cell, c) => (c === 0 ? cell.padEnd(12) : cell.padStart(10))).join(''),
    ),
    `95 % intervals (bootstrap over the images): accuracy ${intervalText(e.intervals.accuracy)}, mean accuracy ${intervalText(e.intervals.meanAccuracy)}`,
  ];
  const w = e.withoutRepeats;
  if (w)
    lines.push(
      `without the ${w.repeats} images that are also in ${w.comparedWith.join(' or ')}: accuracy ${percentCell(w.accuracy)} % of ${w.n}`,
    );
  if (w)
    lines.push(
      `without the ${w.near.repeats} that are identical or near-identical to one there: accuracy ${percentCell(w.near.accuracy)} % of ${w.near.n}`,
    );
  for (const set of e.labelSets) {
    lines.push(
      `as ${set.dataset} (${set.classes.length} classes): accuracy ${percentCell(set.accuracy)} % (${intervalText(set.intervals.accuracy)}), mean accuracy ${percentCell(set.meanAccuracy)} %, ${set.n} images`,
    );
  }
  const u = e.uncertain;
  if (u)
    lines.push(
      `uncertain below ${u.below.toFixed(2)}: ${percentCell(u.coverage)} % of the answers are not, and ${percentCell(u.accuracy)} % of these are right`,
    );
  for (const { reason, n, flagged } of e.unclear)
    lines.push(`uncertain of ${flagged} of ${n} images that are ${reason} (${percentCell(flagged / n)} %)`);
  return `${lines.join('\n')}\n${outputs}`;
}

/** The outputs of several labels or numbers: a line for each name, and the mean. */
function describeOutputs({ outputs = {} }: Evaluation): string {
  return Object.entries(outputs)
    .map(([output, { n, mean, byName }]) => {
      const figures = Object.keys(mean);
      const cell = (value: number | undefined): string =>
        value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3);
      const rows = Object.entries<Record<string, number>>({ ...byName, mean: { ...mean, n } }).map(([name, values]) => [
        name,
        ...figures.map((figure) => cell(values[figure])),
        String(values['n']),
      ]);
      return `output ${output}:\n${[['', ...figures, 'images'], ...rows]
        .map((row) => row.map((text, c) => (c === 0 ? text.padEnd(12) : text.padStart(10))).join(''))
        .join('\n')}\n`;
    })
    .join('');
}

/** A line for each model, and one for each pair. */
export function describeComparison(
  names: readonly string[],
  evaluations: readonly Evaluation[],
  comparisons: readonly ModelComparison[],
): string {
  const { dataset, split, n } = evaluations[0]!;
  return `${renderTable(
    {
      caption: `${dataset} ${split}: ${n} images`,
      columns: ['model', 'accuracy, %', '95 % interval', 'mean accuracy, %', '95 % interval', 'ECE, %'],
      rows: evaluations.map((e, i) => [
        names[i]!,
        percentCell(e.accuracy),
        intervalText(e.intervals.accuracy),
        percentCell(e.meanAccuracy),
        intervalText(e.intervals.meanAccuracy),
        percentCell(e.ece),
      ]),
    },
    'text',
  )}${describePairs(comparisons)}`;
}

/** A line for each pair. */
export const describePairs = (comparisons: readonly ModelComparison[]): string =>
  comparisons.map((pair) => `${describePair(pair)}\n`).join('');

function describePair({ first, second, onlyFirst, onlySecond, difference, interval, pValue }: ModelComparison): string {
  const points = `${percentCell(difference)} points (${percentCell(interval[0])} to ${percentCell(interval[1])})`;
  return `${first} against ${second}: ${points}; ${onlyFirst} images only the first gets right, ${onlySecond} only the second; McNemar p = ${pValueText(pValue)}`;
}

/** What an ensemble is made of. */
export function describeMembers({ names, evaluations, weights, bytes }: EnsembleMembers): string {
  const lines = evaluations.map(
    (e, i) =>
      `member ${names[i]!}: accuracy ${percentCell(e.accuracy)} %, mean accuracy ${percentCell(e.meanAccuracy)} %${weights ? `, weight ${weights.weights[i]!.toFixed(3)}` : ''}`,
  );
  return `${[...lines, ...(weights ? [weightsNote(weights)] : []), `files of the members: ${(bytes / 1e6).toFixed(2)} MB`].join('\n')}\n`;
}
