/** The model card for readers. */
import { percentText } from '../report/index.ts';
import type { JoinedModel } from './card-parts.ts';
import type { ModelCard } from './card.ts';
import {
  auditSection,
  coverageSection,
  intervalCell,
  robustnessSection,
  surfaceSection,
  table,
  valuesSection,
} from './card-sections.ts';

/** The card as Markdown. */
export function renderModelCard(card: ModelCard): string {
  const { data, training, hardware, input } = card;
  const repeats = card.metrics.filter((m) => m.withoutRepeats);
  const sections = [
    `# ${card.name}`,
    card.title +
      (card.paper === null ? '' : `\n\nPaper: ${card.paper}`) +
      (card.notes === null ? '' : `\n\n${card.notes}`),
    '## Figures',
    ...(card.metrics.length > 0 || !card.surfaceMetrics ? [figuresTable(card.metrics)] : []),
    ...surfaceSection(card.surfaceMetrics),
    ...(card.metrics.some((m) => m.intervals)
      ? [
          'Intervals: of 95 %, by a bootstrap over the images of each class. They tell how sure a figure is for images like these, not how another run of training would do.',
        ]
      : []),
    ...repeats.flatMap(({ dataset, split, views, withoutRepeats: w }) => [
      `${dataset} ${split} (${views} view) without the ${w!.repeats} images that earlier splits also hold: ${percentText(w!.accuracy)} of ${w!.n}.` +
        (w!.near
          ? ` Without the ${w!.near.repeats} that are identical or near-identical to one there: ${percentText(w!.near.accuracy)} of ${w!.near.n}.`
          : ''),
    ]),
    ...(card.expected.length === 0
      ? []
      : [
          '## Expected and measured',
          table(
            ['data', 'split', 'expected', 'measured', 'where the expectation is from'],
            card.expected.map((e) => [
              e.dataset,
              e.split,
              percentText(e.accuracy),
              e.by === 'svm'
                ? 'not by the network: `mien features --fit svm`'
                : e.measured === null
                  ? 'not measured'
                  : percentText(e.measured),
              e.source,
            ]),
          ),
        ]),
    ...valuesSection(card.valueMetrics),
    ...coverageSection(card.metrics),
    ...robustnessSection(card.robustness),
    ...auditSection(card.audits),
    '## Intended use',
    card.intendedUse,
    '## Limits',
    card.limits.map((limit) => `- ${limit}`).join('\n'),
    '## Making',
    table(
      ['', ''],
      [
        ['recipe', card.recipe],
        [
          'data',
          `${data.dataset}: ${data.trainSplit} (${data.trainImages} images) to train, ${data.validationSplit} (${data.validationImages}) to validate`,
        ],
        ['licence of the data', data.licence],
        ['input', `${input.width}×${input.height} ${input.channels}, faces framed as ${input.framing}`],
        ...card.heads.map((h): [string, string] => [`output ${h.output}`, describeHead(h)]),
        ...(card.valueHeads ?? []).map((h): [string, string] => [
          `output ${h.output}`,
          `${h.kind === 'multilabel' ? 'labels' : 'numbers'} ${h.names.join(', ')}; trained on ${h.trainedOn}`,
        ]),
        ...(training.joined
          ? training.joined.map((member): [string, string] => ['joined', describeJoined(member)])
          : [
              ['seed', String(training.seed)] as const,
              [
                'epochs',
                `${training.epochs}, the weights are those after epoch ${training.bestEpoch}; batches of ${training.batchSize}${training.lastEpoch ? `; after the last epoch, accuracy of ${training.lastEpoch.head} on ${data.validationSplit} ${percentText(training.lastEpoch.accuracy)}` : ''}`,
              ] as const,
            ]),
        ...(training.startedFrom ? [['started from', describeStages(training.startedFrom)] as const] : []),
        ...(training.distillation ? [['teachers', describeTeachers(training.distillation)] as const] : []),
        ['time', `${(training.wallSeconds / 3600).toFixed(2)} h, until ${training.date}`],
        [
          'hardware',
          `${hardware.cpu}, ${hardware.cores} cores, ${hardware.device}; Node ${hardware.node}, ONNX Runtime ${hardware.onnxruntime}`,
        ],
        ['parameters', String(card.parameters)],
        ['file', `${(card.bytes / 1e6).toFixed(2)} MB, SHA-256 \`${card.sha256}\``],
      ],
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function describeHead({ classes, trainedOn, priorShift, mirror, ...single }: ModelCard['heads'][number]): string {
  const describe = ({ temperature, uncertainBelow }: typeof single | NonNullable<typeof mirror>): string =>
    `temperature ${temperature.toFixed(3)}${uncertainBelow === undefined ? '' : `, uncertain below ${uncertainBelow.toFixed(2)}`}`;
  return [
    classes.join(', '),
    `labels of ${trainedOn}`,
    describe(single),
    ...(mirror ? [`with the mirror image ${describe(mirror)}`] : []),
    ...(priorShift
      ? [
          `logits shifted by class frequency, τ = ${priorShift.tau} (cross-validated: accuracy ${percentText(priorShift.crossValidated.accuracy)}, mean accuracy ${percentText(priorShift.crossValidated.meanAccuracy)})`,
        ]
      : []),
  ].join('; ');
}

function figuresTable(metrics: ModelCard['metrics']): string {
  const sure = metrics.some((m) => m.intervals);
  return table(
    [
      'data',
      'split',
      'output',
      'view',
      'images',
      'accuracy',
      ...(sure ? ['interval'] : []),
      'mean accuracy',
      ...(sure ? ['interval'] : []),
      'calibration error (ECE)',
      'split used for',
    ],
    metrics.map((m) => [
      m.dataset,
      m.split,
      m.head,
      m.views,
      String(m.n),
      percentText(m.accuracy),
      ...(sure ? [intervalCell(m.intervals?.accuracy)] : []),
      percentText(m.meanAccuracy),
      ...(sure ? [intervalCell(m.intervals?.meanAccuracy)] : []),
      percentText(m.ece),
      m.role === 'validation' ? 'choosing the epoch, calibration' : 'nothing but this figure',
    ]),
  );
}

function describeTeachers({
  teachers,
  temperature,
  weight,
}: NonNullable<ModelCard['training']['distillation']>): string {
  return `${teachers.map(({ name, sha256 }) => `${name} (SHA-256 \`${sha256.slice(0, 12)}…\`)`).join(', ')}; temperature ${temperature}, weight ${weight} beside the labels`;
}

const describeJoined = ({ name, sha256, data, training }: JoinedModel): string =>
  [
    `${name} (SHA-256 \`${sha256.slice(0, 12)}…\`)`,
    `${data.trainImages} images of ${data.dataset} ${data.trainSplit} (${data.licence})`,
    `seed ${training.seed}`,
    `${training.epochs} epochs, the weights are those after epoch ${training.bestEpoch}`,
    `batches of ${training.batchSize}`,
    `${(training.wallSeconds / 3600).toFixed(2)} h`,
    ...(training.startedFrom ? [`started from ${describeStages(training.startedFrom)}`] : []),
    ...(training.distillation ? [`taught by ${describeTeachers(training.distillation)}`] : []),
  ].join('; ');

/** The chain of models, as readers follow it. */
const describeStages = (stages: NonNullable<ModelCard['training']['startedFrom']>): string =>
  stages
    .map(
      ({ name, trainedOn, sha256 }) =>
        `${name} (${[trainedOn.join(', '), `SHA-256 \`${sha256.slice(0, 12)}…\``].filter(Boolean).join('; ')})`,
    )
    .join(', then ');
