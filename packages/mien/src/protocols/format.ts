/** A protocol's report as Markdown, LaTeX (booktabs) or JSON, to paste into a paper or read by a program. */
import { percentCell, renderTable, spreadCell, type Table } from '../report/index.ts';
import type { ProtocolReport } from './figures.ts';

export const PROTOCOL_FORMATS = ['markdown', 'latex', 'json'] as const;
export type ProtocolFormat = (typeof PROTOCOL_FORMATS)[number];

/** @returns the text of a file, with a line end */
export function renderProtocolReport(report: ProtocolReport, format: ProtocolFormat): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  return [figuresTable(report), confusionTable(report), ...publishedTable(report)]
    .map((table) => renderTable(table, format))
    .join('\n');
}

function figuresTable(report: ProtocolReport): Table {
  const { folds, pooled, n, scored } = report;
  const isSingle = folds.length === 1;
  const isTrained = folds.some(({ train }) => train > 0);
  const ofTraining = (...cells: string[]): string[] => (isTrained ? cells : []);
  return {
    caption: `${report.model} on ${report.databases.join(' and ')}, protocol ${report.protocol}: ${report.split}; ${report.frames}; ${report.classes.length} classes. Accuracy and mean accuracy in %.`,
    columns: [
      'Fold',
      ...ofTraining('Training images', 'Validation images'),
      scored === 'images' ? 'Test images' : 'Test sequences',
      'Accuracy',
      'Mean accuracy',
    ],
    rows: [
      ...folds.map((fold) => [
        fold.name,
        ...ofTraining(String(fold.train), String(fold.validation)),
        String(fold.n),
        percentCell(fold.accuracy),
        percentCell(fold.meanAccuracy),
      ]),
      ...(isSingle
        ? []
        : [
            [
              'Mean over folds',
              ...ofTraining('', ''),
              '',
              spreadCell(report.accuracy),
              spreadCell(report.meanAccuracy),
            ],
            [
              'Pooled',
              ...ofTraining('', ''),
              String(n),
              percentCell(pooled.accuracy),
              percentCell(pooled.meanAccuracy),
            ],
          ]),
    ],
    notes: [
      'Mean accuracy is the mean diagonal of the confusion matrix, over the classes that occur.',
      ...(isSingle
        ? []
        : [
            '± is the sample standard deviation over folds (divided by n - 1). Pooled: the predictions of all folds in one confusion matrix.',
          ]),
      ...(scored === 'sequences' ? ['A sequence is predicted by the mean probabilities of its frames.'] : []),
      ...report.notes,
      ...leftOutNotes(report),
      `Protocol after ${report.source}.`,
    ],
  };
}

/** Shares of each row, as papers print them. */
function confusionTable({ classes, pooled: { confusion, perClass }, folds }: ProtocolReport): Table {
  return {
    caption: `Confusion matrix${folds.length > 1 ? ' over all folds' : ''}: rows are labels, columns predictions, in % of the row.`,
    columns: ['', ...classes, 'n'],
    rows: classes.map((name, i) => {
      const { support } = perClass[name]!;
      return [name, ...confusion[i]!.map((count) => percentCell(count / support)), String(support)];
    }),
  };
}

/** One's own figure, and what papers have; none where no paper is known. */
function publishedTable({ model, pooled, published }: ProtocolReport): Table[] {
  const cell = (percent: number | undefined): string => percentCell(percent === undefined ? NaN : percent / 100);
  return published.length === 0
    ? []
    : [
        {
          caption: 'Published under this protocol, or conditions like it, in %.',
          columns: ['Method', 'Source', 'Accuracy', 'Mean accuracy'],
          named: 2,
          rows: [
            [model, 'this report, pooled', percentCell(pooled.accuracy), percentCell(pooled.meanAccuracy)],
            ...published.map(({ method, source, accuracy, meanAccuracy }) => [
              method,
              source,
              cell(accuracy),
              cell(meanAccuracy),
            ]),
          ],
          notes: [
            'Papers leave open what a protocol must settle, such as which people are in which fold: small differences tell nothing.',
          ],
        },
      ];
}

function leftOutNotes({ leftOut }: ProtocolReport): string[] {
  return Object.entries(leftOut).flatMap(([database, { otherAttributes, unlabelled, otherFrames, otherClasses }]) => {
    const parts = [
      [otherAttributes, 'of other views or conditions'],
      [unlabelled, 'without a label'],
      [otherFrames, 'frames not selected'],
      [otherClasses, 'of other classes'],
    ] as const;
    const present = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return present.length === 0 ? [] : [`Images of ${database} not used: ${present.join(', ')}.`];
  });
}
