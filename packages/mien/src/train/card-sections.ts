/** Sections of the model card for readers: what was measured besides the figures. */
import { percentText } from '../report/index.ts';
import type { ModelCard } from './card.ts';

/** `84.7 to 87.0`, in percent */
export const intervalCell = (interval: readonly [number | null, number | null] | undefined): string =>
  interval?.[0] == null || interval[1] == null
    ? '–'
    : `${(100 * interval[0]).toFixed(1)} to ${(100 * interval[1]).toFixed(1)}`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Errors of surfaces as a table. */
export function surfaceSection(metrics: ModelCard['surfaceMetrics'] = []): string[] {
  if (metrics.length === 0) return [];
  return [
    'Mean distances of the 68 landmarks, as shares of the distance between the eyes: in the picture, and in space with both middles together. Beside them, what the mean shape of the training split gives when it is turned, scaled and shifted to be as near to the truth as it can be.',
    table(
      ['data', 'split', 'yaw', 'pictures', 'in the picture', 'mean shape', 'in space', 'mean shape'],
      metrics.flatMap(({ dataset, split, rows }) =>
        rows.map((row, i) => [
          dataset,
          split,
          i === 0 ? 'all' : `${row.from}° to ${row.to}°`,
          String(row.n),
          ...[row.picture, row.meanShapePicture, row.space, row.meanShapeSpace].map((v) => v.toFixed(3)),
        ]),
      ),
    ),
  ];
}

/** Thresholds of the curve that are shown; the JSON has more. */
const SHOWN = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export function coverageSection(metrics: ModelCard['metrics']): string[] {
  const rows = metrics.flatMap((m) => (m.coverage ? [{ ...m, coverage: m.coverage }] : []));
  if (rows.length === 0) return [];
  const name = ({ dataset, split, head, views }: ModelCard['metrics'][number]): string[] => [
    dataset,
    split,
    head,
    views,
  ];
  const thresholds = rows.flatMap((m) => (m.coverage.uncertain ? [{ ...m, at: m.coverage.uncertain }] : []));
  const unclear = rows.flatMap((m) => (m.unclear ?? []).map((u) => ({ ...m, u })));
  return [
    '## When not to answer',
    'An answer whose confidence is below the threshold is marked uncertain: the lowest threshold, in hundredths, from which on the answers that remain are wrong at most half as often as all would be, on the validation split.',
    ...(thresholds.length === 0
      ? []
      : [
          table(
            [
              'data',
              'split',
              'output',
              'view',
              'uncertain below',
              'images with an answer that is not',
              'accuracy of these',
              'accuracy of all',
            ],
            thresholds.map((m) => [
              ...name(m),
              m.at.below.toFixed(2),
              percentText(m.at.coverage),
              percentText(m.at.accuracy),
              percentText(m.at.accuracyOfAll),
            ]),
          ),
        ]),
    'Other thresholds: the share of images that get an answer, and the accuracy of these answers.',
    table(
      ['data', 'split', 'output', 'view', ...SHOWN.map(String)],
      rows.map((m) => [
        ...name(m),
        ...SHOWN.map((threshold) => {
          const point = m.coverage.points.find((p) => Math.abs(p.threshold - threshold) < 1e-9);
          return point ? `${percentText(point.coverage)}: ${percentText(point.accuracy)}` : '–';
        }),
      ]),
    ),
    ...(unclear.length === 0
      ? []
      : [
          'Images in which annotators saw no clear expression, and which no figure above counts: examples of when not to answer.',
          table(
            ['data', 'split', 'view', 'images', 'number', 'marked uncertain'],
            unclear.map((m) => [
              m.dataset,
              m.split,
              m.views,
              m.u.reason,
              String(m.u.n),
              `${m.u.flagged} (${percentText(m.u.n === 0 ? null : m.u.flagged / m.u.n)})`,
            ]),
          ),
        ]),
  ];
}

/** A table for each output of several labels or numbers: its figures by name, on every split. */
export function valuesSection(metrics: ModelCard['valueMetrics'] = []): string[] {
  return [...new Set(metrics.map(({ output }) => output))].flatMap((output) => {
    const own = metrics.filter((m) => m.output === output);
    const figures = Object.keys(own[0]!.mean);
    const cell = (value: number | null | undefined): string => (value == null ? '–' : value.toFixed(3));
    return [
      `## Output ${output}`,
      own[0]!.kind === 'multilabel'
        ? 'A label counts as present where its probability is above ½. AUC: area under the ROC curve.'
        : 'ccc: concordance correlation; pearson: correlation; rmse: root mean squared error; sagr: agreement of signs; icc: ICC(3,1).',
      table(
        ['data', 'split', 'view', 'of', 'n', ...figures],
        own.flatMap((m) =>
          Object.entries<Record<string, number | null>>({ mean: { ...m.mean, n: m.n }, ...m.byName }).map(
            ([name, values]) => [
              m.dataset,
              m.split,
              m.views,
              name,
              String(values['n'] ?? '–'),
              ...figures.map((f) => cell(values[f])),
            ],
          ),
        ),
      ),
    ];
  });
}

export function robustnessSection(robustness: ModelCard['robustness']): string[] {
  if (!robustness) return [];
  const { dataset, split, head, views, n, of, seed, accuracy, changes, yaw } = robustness;
  const turned =
    yaw === null
      ? []
      : [
          [
            'yaw',
            'how far the head is turned to a side, by the mesh; images as they are',
            yaw
              .map(
                (b) => `${b.low === null ? 'no mesh' : `${b.low}°–${b.high}°`}: ${percentText(b.accuracy)} of ${b.n}`,
              )
              .join('; '),
            '',
          ],
        ];
  return [
    '## Under changes of the image',
    `Accuracy of ${head} (${views} view) on ${n === of ? `all ${n}` : `${n} of the ${of}`} images of ${dataset} ${split}${n === of ? '' : ` (drawn by seed ${seed})`}, all changed in one way; without any change ${percentText(accuracy)}. Beyond the border of an image its edge is repeated.`,
    table(
      ['change', 'what, and in which unit', 'strength: accuracy', 'most that is lost, points'],
      [
        ...changes.map(({ kind, what, figures }) => {
          const lost = figures.flatMap((f) => f.lost ?? []);
          return [
            kind,
            what,
            figures.map((f) => `${f.strength}: ${percentText(f.accuracy)}`).join('; '),
            lost.length === 0 ? '–' : (100 * Math.max(...lost)).toFixed(1),
          ];
        }),
        ...turned,
      ],
    ),
  ];
}

export function auditSection(audits: ModelCard['audits'] = []): string[] {
  if (audits.length === 0) return [];
  const copies = audits.flatMap((a) =>
    (['identical', 'near'] as const).map((kind) => {
      const c = a[kind];
      return [
        a.dataset,
        String(a.images),
        kind === 'identical' ? 'identical pixels' : `identical or near-identical (at most ${a.threshold} of 255 bits)`,
        String(c.groups),
        String(c.images),
        String(c.acrossSplits),
        String(c.conflicting),
        String(c.conflictingImages),
      ];
    }),
  );
  const met = audits.flatMap((a) =>
    a.splits.flatMap(({ split, images, identical, near }) =>
      Object.keys(identical).map((other) => [
        a.dataset,
        split,
        String(images),
        other === split ? 'the same split' : other,
        `${identical[other]} (${percentText(identical[other]! / images)})`,
        `${near[other]} (${percentText(near[other]! / images)})`,
      ]),
    ),
  );
  return [
    '## Copies in the data',
    'Images that have a copy within the data (`mien data audit`). Copies across splits make figures too good, copies with different labels too bad.',
    table(
      [
        'data',
        'images',
        'copies',
        'groups',
        'images in them',
        'groups across splits',
        'groups with different labels',
        'images in these',
      ],
      copies,
    ),
    table(['data', 'images of', 'images', 'with a copy in', 'identical', 'identical or near'], met),
  ];
}
