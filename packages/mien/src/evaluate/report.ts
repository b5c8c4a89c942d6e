/** An evaluation as one self-contained HTML page: no script, no file beside it. */
import { barChart, confusionTable, escapeHtml, percent, reliabilityDiagram } from './charts.ts';
import type { Evaluation } from './evaluate.ts';

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;color:#1d2733;max-width:980px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2rem}p.where{color:#5a6775;margin-top:.2rem}
table{border-collapse:collapse}td,th{padding:.3rem .6rem;text-align:right;font-variant-numeric:tabular-nums}
th{font-weight:600}.figures th,.confusion th[scope=row]{text-align:left}.figures td,.figures th{border-bottom:1px solid #e3e8ee}
.figures td:last-child{text-align:left;color:#5a6775}.confusion{font-size:13px}.confusion td{border:1px solid #fff;min-width:3.4rem;text-align:center;line-height:1.25}
.confusion td small{display:block;opacity:.75;font-size:11px}.confusion .diagonal{font-weight:700}.confusion .total{color:#5a6775}
.scroll{overflow-x:auto}svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#1d2733}svg text.small{font-size:11px;fill:#5a6775}
p.note{max-width:46rem;color:#5a6775;font-size:14px}`;

/** @returns the text of an HTML file */
export function renderReport(evaluation: Evaluation): string {
  const { model, dataset, split, head, classes, n, confusion, reliability, withoutRepeats } = evaluation;
  const figures: [string, string, string][] = [
    ['Images', String(n), 'with a label'],
    ['Accuracy', `${percent(evaluation.accuracy)} %`, 'right predictions / images'],
    ['Mean accuracy', `${percent(evaluation.meanAccuracy)} %`, 'mean of the recall of each class'],
    ['Calibration error', `${percent(evaluation.ece)} %`, 'expected calibration error, 15 bins'],
  ];
  if (withoutRepeats) {
    const { comparedWith, repeats } = withoutRepeats;
    figures.push(
      [`Images also in ${comparedWith.join(' or ')}`, String(repeats), 'equal byte for byte'],
      ['Accuracy without them', `${percent(withoutRepeats.accuracy)} %`, `${withoutRepeats.n} images`],
      ['Mean accuracy without them', `${percent(withoutRepeats.meanAccuracy)} %`, ''],
    );
  }
  const bars = classes.map((name) => {
    const { recall, precision, f1 } = evaluation.perClass[name]!;
    return { label: name, values: [recall, precision, f1] };
  });
  const title = `${model} on ${dataset} ${split}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p class="where">Output “${escapeHtml(head)}”, ${classes.length} classes</p>
<table class="figures"><tbody>${figures.map(([name, value, note]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${value}</td><td>${escapeHtml(note)}</td></tr>`).join('')}</tbody></table>
<h2>Confusion matrix</h2>
<p class="note">Large figures: share of the row, %. Small figures: images.</p>
<div class="scroll">${confusionTable(classes, confusion)}</div>
<h2>By class, %</h2>
${barChart(['recall', 'precision', 'F1'], bars)}
<h2>Reliability</h2>
<p class="note">Blue: how often predictions of a confidence are right. Orange: their mean confidence. Where both agree, the bars end on the dashed line and the confidence can be taken at its word. Grey: images by confidence.</p>
${reliabilityDiagram(reliability)}
<p class="note">Labels are what annotators saw in a face, not what the person felt; a prediction can be no more than that.</p>
</body></html>
`;
}
