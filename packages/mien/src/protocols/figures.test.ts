/** Figures over folds, worked by hand, and the tables that papers take. */
import { expect, test } from 'vitest';
import { findProtocol } from '../data/protocols/index.ts';
import { spread } from '../metrics/index.ts';
import { reportProtocol } from './figures.ts';
import { renderProtocolReport } from './format.ts';

const LEFT_OUT = { otherAttributes: 0, unlabelled: 12, otherFrames: 5, otherClasses: 0 };
const protocol = { ...findProtocol('oulu-casia.10-fold.6'), classes: ['happiness', 'fear & awe'] };
/** Fold 1: 3 of 4 and 1 of 2 right; fold 2: 2 of 2, no image of the second class. */
const OUTCOMES = [
  {
    name: '1',
    train: 40,
    validation: 6,
    confusion: [
      [3, 1],
      [1, 1],
    ],
  },
  {
    name: '2',
    train: 44,
    validation: 6,
    confusion: [
      [2, 0],
      [0, 0],
    ],
  },
];
const context = {
  protocol,
  model: 'compact_net',
  classes: protocol.classes,
  leftOut: { 'oulu-casia': LEFT_OUT },
  notes: ['Trained twice.'],
};
const report = reportProtocol(OUTCOMES, context);

test('each fold, mean and sample deviation over folds, and the pooled confusion', () => {
  expect(report.folds.map(({ n, accuracy, meanAccuracy }) => [n, accuracy, meanAccuracy])).toEqual([
    [6, 4 / 6, (3 / 4 + 1 / 2) / 2],
    [2, 1, 1],
  ]);
  expect(report.accuracy.mean).toBeCloseTo(5 / 6, 12);
  // deviations ∓1/6: √(2·(1/6)²/1)
  expect(report.accuracy.std).toBeCloseTo(Math.SQRT2 / 6, 12);
  expect(report.n).toBe(8);
  expect(report.pooled).toMatchObject({
    accuracy: 6 / 8,
    meanAccuracy: (5 / 6 + 1 / 2) / 2,
    confusion: [
      [5, 1],
      [1, 1],
    ],
  });
  expect(spread([0.5])).toEqual({ mean: 0.5, std: NaN });
});

test('LaTeX, with booktabs and escapes', () => {
  expect(renderProtocolReport(report, 'latex')).toBe(String.raw`\begin{table}
\centering
\caption{compact\_net on oulu-casia, protocol oulu-casia.10-fold.6: 10 folds of people; the next fold validates; the last 3 frames; 2 classes. Accuracy and mean accuracy in \%.}
\begin{tabular}{lrrrrr}
\toprule
Fold & Training images & Validation images & Test images & Accuracy & Mean accuracy \\
\midrule
1 & 40 & 6 & 6 & 66.67 & 62.50 \\
2 & 44 & 6 & 2 & 100.00 & 100.00 \\
Mean over folds &  &  &  & 83.33 $\pm$ 23.57 & 81.25 $\pm$ 26.52 \\
Pooled &  &  & 8 & 75.00 & 66.67 \\
\bottomrule
\end{tabular}
\par\smallskip Mean accuracy is the mean diagonal of the confusion matrix, over the classes that occur.
\par\smallskip $\pm$ is the sample standard deviation over folds (divided by n - 1). Pooled: the predictions of all folds in one confusion matrix.
\par\smallskip Trained twice.
\par\smallskip Images of oulu-casia not used: 12 without a label, 5 frames not selected.
\par\smallskip Protocol after Ali et al. 2020 (HA-GAN), section 5.2.
\end{table}

\begin{table}
\centering
\caption{Confusion matrix over all folds: rows are labels, columns predictions, in \% of the row.}
\begin{tabular}{lrrr}
\toprule
 & happiness & fear \& awe & n \\
\midrule
happiness & 83.33 & 16.67 & 6 \\
fear \& awe & 50.00 & 50.00 & 2 \\
\bottomrule
\end{tabular}
\end{table}

\begin{table}
\centering
\caption{Published under this protocol, or conditions like it, in \%.}
\begin{tabular}{llrr}
\toprule
Method & Source & Accuracy & Mean accuracy \\
\midrule
compact\_net & this report, pooled & 75.00 & 66.67 \\
CNN baseline & Ali et al. 2019 (HA-GAN), Table 3, mean of two runs & 73.14 & -- \\
HA-GAN & Ali et al. 2019 (HA-GAN), Table 3, mean of two runs & 88.26 & -- \\
\bottomrule
\end{tabular}
\par\smallskip Papers leave open what a protocol must settle, such as which people are in which fold: small differences tell nothing.
\end{table}
`);
});

test('Markdown, to paste', () => {
  const [figures, confusion] = renderProtocolReport(report, 'markdown').split(/\n\n(?=Confusion)/);
  expect(figures!.split('\n').slice(2, 8)).toEqual([
    '| Fold | Training images | Validation images | Test images | Accuracy | Mean accuracy |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    '| 1 | 40 | 6 | 6 | 66.67 | 62.50 |',
    '| 2 | 44 | 6 | 2 | 100.00 | 100.00 |',
    '| Mean over folds |  |  |  | 83.33 ± 23.57 | 81.25 ± 26.52 |',
    '| Pooled |  |  | 8 | 75.00 | 66.67 |',
  ]);
  expect(confusion).toContain('| fear & awe | 50.00 | 50.00 | 2 |\n');
});

test('one fold, one finished model, sequences: no spread, no training columns; a class without samples has a dash', () => {
  const single = reportProtocol(
    [
      {
        name: 'official',
        train: 0,
        validation: 0,
        confusion: [
          [2, 0],
          [0, 0],
        ],
      },
    ],
    { ...context, protocol: { ...protocol, scored: 'sequences' }, leftOut: {} },
  );
  const text = renderProtocolReport(single, 'markdown');
  expect(text).toContain(
    '| Fold | Test sequences | Accuracy | Mean accuracy |\n| --- | ---: | ---: | ---: |\n| official | 2 | 100.00 | 100.00 |\n\n',
  );
  expect(text).toContain('| fear & awe | – | – | 0 |');
  expect(text).not.toContain('±');
  expect(reportProtocol(OUTCOMES, { ...context, protocol: findProtocol('mmi.5-fold.6') }).notes).toEqual([
    'Trained twice.',
    expect.stringMatching(/^The paper has 528 images/),
  ]);
  expect(text).not.toContain('Pooled');
  expect(JSON.parse(renderProtocolReport(single, 'json'))).toMatchObject({
    accuracy: { mean: 1, std: null },
    pooled: { perClass: { 'fear & awe': { recall: null } } },
  });
});
