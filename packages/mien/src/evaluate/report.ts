/** An evaluation as one self-contained HTML page: no script, no file beside it. */
import { barChart, confusionTable, escapeHtml, page, percent } from '../report/index.ts';
import { reliabilityDiagram } from './charts.ts';
import type { ModelComparison } from './compare-models.ts';
import type { Evaluation } from './evaluate.ts';
import {
  comparisonSection,
  coverageSection,
  type EnsembleMembers,
  intervalText,
  labelSetsSection,
  membersSection,
  mistakesSection,
  robustnessSection,
} from './report-sections.ts';
import type { Robustness } from './robustness/index.ts';

/** What a page may show besides an evaluation. */
export interface ReportParts {
  /** Pictures of the mistakes, by the image's id: `data:` URLs (see `pictureOf`). */
  readonly pictures?: ReadonlyMap<string, string>;
  readonly robustness?: Robustness;
  /** With other models. */
  readonly comparisons?: readonly ModelComparison[];
  /** Where the model is an ensemble. */
  readonly members?: EnsembleMembers;
}

/** @returns the text of an HTML file */
export function renderReport(
  evaluation: Evaluation,
  { pictures = new Map(), robustness, comparisons = [], members }: ReportParts = {},
): string {
  const { model, dataset, split, head, classes, n, confusion, reliability, withoutRepeats, intervals } = evaluation;
  const figures: [string, string, string][] = [
    ['Images', String(n), 'with a label'],
    [
      'Accuracy',
      `${percent(evaluation.accuracy)} %`,
      `right predictions / images; ${intervalText(intervals.accuracy)}`,
    ],
    [
      'Mean accuracy',
      `${percent(evaluation.meanAccuracy)} %`,
      `mean of the recall of each class; ${intervalText(intervals.meanAccuracy)}`,
    ],
    ['Calibration error', `${percent(evaluation.ece)} %`, 'expected calibration error, 15 bins'],
  ];
  if (withoutRepeats) {
    const { comparedWith, repeats, near } = withoutRepeats;
    figures.push(
      [`Images also in ${comparedWith.join(' or ')}`, String(repeats), 'equal byte for byte'],
      ['Accuracy without them', `${percent(withoutRepeats.accuracy)} %`, `${withoutRepeats.n} images`],
      ['Mean accuracy without them', `${percent(withoutRepeats.meanAccuracy)} %`, ''],
      [
        '… or near-identical',
        String(near.repeats),
        'a copy that was marked, cut or compressed differently (perceptual hash)',
      ],
      ['Accuracy without them', `${percent(near.accuracy)} %`, `${near.n} images`],
      ['Mean accuracy without them', `${percent(near.meanAccuracy)} %`, ''],
    );
  }
  const bars = classes.map((name) => {
    const { recall, precision, f1 } = evaluation.perClass[name]!;
    return { label: name, values: [recall, precision, f1] };
  });
  const title = `${model} on ${dataset} ${split}`;
  return page(
    title,
    `<p class="where">Output “${escapeHtml(head)}”, ${classes.length} classes</p>
<table class="figures"><tbody>${figures.map(([name, value, note]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${value}</td><td>${escapeHtml(note)}</td></tr>`).join('')}</tbody></table>
<p class="note">Intervals: of 95 %, by a bootstrap over the images of each class (${intervals.resamples} resamples). They tell how sure the figure is for images like these, not how another training run would do.</p>
${members ? membersSection(members) : ''}${comparisons.length > 0 ? comparisonSection(comparisons) : ''}${labelSetsSection(evaluation)}
<h2>Confusion matrix</h2>
<p class="note">Large figures: share of the row, %. Small figures: images.</p>
<div class="scroll">${confusionTable(classes, confusion)}</div>
<h2>By class, %</h2>
<div class="scroll">${barChart(['recall', 'precision', 'F1'], bars)}</div>
<h2>Reliability</h2>
<p class="note">Blue: how often predictions of a confidence are right. Orange: their mean confidence. Where both agree, the bars end on the dashed line and the confidence can be taken at its word. Grey: images by confidence.</p>
${reliabilityDiagram(reliability)}
${coverageSection(evaluation)}
${robustness ? robustnessSection(robustness) : ''}
${mistakesSection(evaluation.mistakes, pictures)}
<p class="note">Labels are what annotators saw in a face, not what the person felt; a prediction can be no more than that.</p>`,
  );
}
