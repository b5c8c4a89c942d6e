/** Several models on the same split as one self-contained HTML page. */
import { barChart, figuresTable, page, percent } from '../report/index.ts';
import type { ModelComparison } from './compare-models.ts';
import type { Evaluation } from './evaluate.ts';
import { comparisonSection, coverageChart, intervalText } from './report-sections.ts';

/**
 * @param names of the models, all different   @param evaluations one a model, of the same split
 * @returns the text of an HTML file
 */
export function renderComparison(
  names: readonly string[],
  evaluations: readonly Evaluation[],
  comparisons: readonly ModelComparison[],
): string {
  const { dataset, split, n, classes } = evaluations[0]!;
  const rows = evaluations.map((e, i) => [
    names[i]!,
    e.head,
    percent(e.accuracy),
    intervalText(e.intervals.accuracy),
    percent(e.meanAccuracy),
    intervalText(e.intervals.meanAccuracy),
    percent(e.ece),
  ]);
  const recalls = classes.map((name) => ({ label: name, values: evaluations.map((e) => e.perClass[name]!.recall) }));
  return page(
    `${names.join(', ')} on ${dataset} ${split}`,
    `<p class="where">${n} images, ${classes.length} classes</p>
${figuresTable({ named: 2, columns: ['model', 'output', 'accuracy, %', '95 % interval', 'mean accuracy, %', '95 % interval', 'calibration error, %'], rows })}
${comparisonSection(comparisons)}
<h2>Recall by class, %</h2>
<div class="scroll">${barChart(names, recalls)}</div>
<h2>Answering less often</h2>
<p class="note">Accuracy of the answers that remain when those below a confidence are withheld. Circles: the models' own thresholds.</p>
${coverageChart(evaluations.map((e, i) => ({ name: names[i]!, coverage: e.coverage, uncertain: e.uncertain })))}`,
  );
}
