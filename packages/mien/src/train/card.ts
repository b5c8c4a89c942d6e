/**
 * The model card: what a model is, what it learned from, how well it does, and what it is not for. It lies beside the
 * model as JSON (for programs) and as Markdown (for readers).
 */
import { z } from 'zod';
import { VIEWS } from '../data/index.ts';
import { InputError } from '../errors.ts';

const share = z.number().min(0).max(1);
/** NaN where undefined is null in JSON. */
const figure = share.nullable();

const metricFields = {
  dataset: z.string(),
  split: z.string(),
  /** The model's output. */
  head: z.string(),
  /** `validation`: chose the epoch and fitted the temperatures; `held-out`: training never saw it. */
  role: z.enum(['validation', 'held-out']),
  n: z.int().nonnegative(),
  accuracy: figure,
  /** Mean of the recalls. */
  meanAccuracy: figure,
  /** Expected calibration error, 15 bins. */
  ece: figure,
  /** Without images that earlier splits of the data also hold; null where there are none to compare with. */
  withoutRepeats: z.strictObject({ repeats: z.int().nonnegative(), n: z.int().nonnegative(), accuracy: figure }).nullable(),
};

const calibrationFields = {
  temperature: z.number().positive(),
  /** An answer whose probability is below this is called uncertain. */
  uncertainBelow: share.optional(),
};

const version1HeadFields = { output: z.string(), classes: z.array(z.string()), trainedOn: z.string(), temperature: z.number().positive() };

const fields = {
  name: z.string().min(1),
  recipe: z.string().min(1),
  title: z.string(),
  paper: z.string().nullable(),
  /** What differs from the paper. */
  notes: z.string().nullable(),
  /** Of the .onnx file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  /** Trainable numbers. */
  parameters: z.int().positive(),
  input: z.strictObject({ width: z.int().positive(), height: z.int().positive(), channels: z.enum(['grey', 'rgb']), framing: z.string() }),
  heads: z.array(z.strictObject({
    ...version1HeadFields,
    ...calibrationFields,
    /** For a face and its mirror image. */
    mirror: z.strictObject(calibrationFields).optional(),
    /** τ of `fitPriorShift`, and the figures of the cross-validation that chose it. */
    priorShift: z.strictObject({ tau: share, crossValidated: z.strictObject({ accuracy: figure, meanAccuracy: figure }) }).optional(),
  })).min(1),
  data: z.strictObject({
    dataset: z.string(),
    trainSplit: z.string(),
    trainImages: z.int().positive(),
    validationSplit: z.string(),
    validationImages: z.int().positive(),
    licence: z.string(),
  }),
  training: z.strictObject({
    seed: z.int(),
    /** Epochs done. */
    epochs: z.int().positive(),
    bestEpoch: z.int().positive(),
    batchSize: z.int().positive(),
    wallSeconds: z.number().nonnegative(),
    /** Day on which it ended, ISO. */
    date: z.iso.date(),
  }),
  hardware: z.strictObject({ cpu: z.string(), cores: z.int().positive(), device: z.string(), node: z.string(), onnxruntime: z.string() }),
  metrics: z.array(z.strictObject({ ...metricFields, views: z.enum(VIEWS) })),
  expected: z.array(z.strictObject({
    dataset: z.string(),
    split: z.string(),
    accuracy: share,
    source: z.string(),
    /** Null when the data at hand did not hold that split. */
    measured: figure,
  })),
  intendedUse: z.string(),
  limits: z.array(z.string()),
};

const version2Schema = z.strictObject({ version: z.literal(2), ...fields });
const version1Schema = z.strictObject({
  version: z.literal(1),
  ...fields,
  heads: z.array(z.strictObject(version1HeadFields)).min(1),
  metrics: z.array(z.strictObject(metricFields)),
});

/** Cards of version 1 are read as of version 2. */
export const modelCardSchema = z.discriminatedUnion('version', [
  version2Schema,
  version1Schema.transform((card): z.infer<typeof version2Schema> => ({ ...card, version: 2, metrics: card.metrics.map((m) => ({ ...m, views: 'single' as const })) })),
]);

export type ModelCard = z.infer<typeof modelCardSchema>;
export type CardMetric = ModelCard['metrics'][number];

/**
 * @param source names the file in errors
 * @throws {InputError} when the text is no card; names the field
 */
export function parseModelCard(source: string, text: string): ModelCard {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, 'is no JSON, expected a model card', { cause });
  }
  const parsed = modelCardSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(source, `is no model card: ${issue.path.join('.') || 'card'}: ${issue.message}`);
}

const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(2)} %`);

/** The card as Markdown. */
export function renderModelCard(card: ModelCard): string {
  const { data, training, hardware, input } = card;
  const repeats = card.metrics.filter((m) => m.withoutRepeats);
  const sections = [
    `# ${card.name}`,
    card.title + (card.paper === null ? '' : `\n\nPaper: ${card.paper}`) + (card.notes === null ? '' : `\n\n${card.notes}`),
    '## Figures',
    table(['data', 'split', 'output', 'view', 'images', 'accuracy', 'mean accuracy', 'calibration error', 'split used for'], card.metrics.map((m) => [
      m.dataset, m.split, m.head, m.views, String(m.n), percent(m.accuracy), percent(m.meanAccuracy), percent(m.ece),
      m.role === 'validation' ? 'choosing the epoch, calibration' : 'nothing but this figure',
    ])),
    ...repeats.map(({ dataset, split, views, withoutRepeats: w }) => `${dataset} ${split} (${views} view) without the ${w!.repeats} images that earlier splits also hold: ${percent(w!.accuracy)} of ${w!.n}.`),
    ...(card.expected.length === 0 ? [] : [
      '## Expected and measured',
      table(['data', 'split', 'expected', 'measured', 'where the expectation is from'], card.expected.map((e) => [
        e.dataset, e.split, percent(e.accuracy), e.measured === null ? 'not measured' : percent(e.measured), e.source,
      ])),
    ]),
    '## Intended use',
    card.intendedUse,
    '## Limits',
    card.limits.map((limit) => `- ${limit}`).join('\n'),
    '## Making',
    table(['', ''], [
      ['recipe', card.recipe],
      ['data', `${data.dataset}: ${data.trainSplit} (${data.trainImages} images) to train, ${data.validationSplit} (${data.validationImages}) to validate`],
      ['licence of the data', data.licence],
      ['input', `${input.width}×${input.height} ${input.channels}, faces framed as ${input.framing}`],
      ...card.heads.map((h): [string, string] => [`output ${h.output}`, describeHead(h)]),
      ['seed', String(training.seed)],
      ['epochs', `${training.epochs}, the weights are those after epoch ${training.bestEpoch}; batches of ${training.batchSize}`],
      ['time', `${(training.wallSeconds / 3600).toFixed(2)} h, until ${training.date}`],
      ['hardware', `${hardware.cpu}, ${hardware.cores} cores, ${hardware.device}; Node ${hardware.node}, ONNX Runtime ${hardware.onnxruntime}`],
      ['parameters', String(card.parameters)],
      ['file', `${(card.bytes / 1e6).toFixed(2)} MB, SHA-256 \`${card.sha256}\``],
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function describeHead({ classes, trainedOn, priorShift, mirror, ...single }: ModelCard['heads'][number]): string {
  const describe = ({ temperature, uncertainBelow }: typeof single | NonNullable<typeof mirror>): string =>
    `temperature ${temperature.toFixed(3)}${uncertainBelow === undefined ? '' : `, uncertain below ${uncertainBelow.toFixed(2)}`}`;
  return [
    classes.join(', '), `labels of ${trainedOn}`, describe(single),
    ...(mirror ? [`with the mirror image ${describe(mirror)}`] : []),
    ...(priorShift ? [`logits shifted by class frequency, τ = ${priorShift.tau} (cross-validated: accuracy ${percent(priorShift.crossValidated.accuracy)}, mean accuracy ${percent(priorShift.crossValidated.meanAccuracy)})`] : []),
  ].join('; ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
