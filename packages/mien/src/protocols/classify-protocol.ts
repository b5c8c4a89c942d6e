/**
 * Features with a classifier under a protocol: the features of all images once, then a classifier for each fold, fitted
 * to all that the fold does not test. Shape legend: N images, D values of an image, K classes.
 */
import { type Features, predictClasses, type ClassifierKind } from '../classifiers/index.ts';
import { normalizeImages } from '../data/index.ts';
import { FramingCounter, recordDataset, RecordImages, type RecordImagesOptions } from '../data/node.ts';
import type { Database, FaceRecord } from '../data/databases/index.ts';
import { foldsOf, protocolClasses, unknownPeople, type Protocol, type ProtocolFold } from '../data/protocols/index.ts';
import { formatNormalization, type NormalizeStep } from '../image/index.ts';
import { confusionMatrix, type ConfusionMatrix } from '../metrics/index.ts';
import { collectFeatures } from '../predict/index.ts';
import type { FeatureSource } from '../predict/node.ts';
import { Random, tensor } from '../tensor/index.ts';
import { fitClassifier, type ClassifierOptions } from '../classifiers/index.ts';
import { leftOutOf } from './evaluate-protocol.ts';
import { reportProtocol, type FoldOutcome, type ProtocolReport } from './figures.ts';
import { sequencesOf } from './score-fold.ts';

export interface ClassifyProtocolOptions extends Omit<ClassifierOptions, 'onProgress'> {
  readonly images?: RecordImagesOptions;
  /**
   * Trains on labels drawn uniformly by the seed in place of the true ones, the naive detector of Li & Deng (2019, section
   * V-A): what a classifier gets that has learned nothing.
   */
  readonly randomLabels?: boolean;
  /** Normalizations of the images, before features are taken of them. */
  readonly normalize?: readonly NormalizeStep[];
  /** What else a reader of the report must know, such as damages of the copy. */
  readonly notes?: readonly string[];
  /** Called after each batch of features. */
  readonly onFeatures?: (done: number, total: number) => void;
  /** Called when a fold is finished, with the classifier and the settings that were chosen. */
  readonly onFold?: (info: { name: string; number: number; of: number; classifier: string }) => void;
}

/**
 * Tests a kind of classifier on the features of every fold. Settings such as C are chosen by cross-validation within
 * what the fold trains on, the images of a person together; what a fold keeps to validate networks on trains too.
 * @param databases copies of all that the protocol names
 * @throws {InputError} when a database is missing or an image cannot be read; see `foldsOf`
 * @throws {MienError} when a fold's training part has too few people or classes
 * @example
 * ```ts
 * import { DATABASES } from 'mienjs/data/databases';
 * import { findProtocol } from 'mienjs/data/protocols';
 * import { classifyProtocol } from 'mienjs/protocols';
 * import { openFeatureSource } from 'mienjs/predict/node';
 *
 * const jaffe = await DATABASES.find(({ name }) => name === 'jaffe')!.index('databases/jaffe');
 * const report = await classifyProtocol(await openFeatureSource('hog'), 'svm', findProtocol('jaffe.loso.7'), [jaffe]);
 * console.log(report.pooled.meanAccuracy);
 * ```
 */
export async function classifyProtocol(
  source: FeatureSource,
  kind: ClassifierKind,
  protocol: Protocol,
  databases: readonly Database[],
  options: ClassifyProtocolOptions = {},
): Promise<ProtocolReport> {
  const { images, notes = [], randomLabels = false, normalize, onFeatures, onFold, ...classifier } = options;
  const seed = classifier.seed ?? 0;
  const folds = foldsOf(protocol, databases);
  const classes = protocolClasses(protocol, databases);
  const framings = new FramingCounter();
  const rows = await featuresOf(source, folds, classes, protocol, {
    ...images,
    onImage(record, framing) {
      framings.add(framing);
      images?.onImage?.(record, framing);
    },
    ...(normalize ? { normalize } : {}),
    ...(onFeatures ? { onFeatures } : {}),
  });
  const outcomes: FoldOutcome[] = [];
  for (const [k, fold] of folds.entries()) {
    // A distribution without a label teaches a classifier nothing
    const learned = [...fold.train, ...fold.validation].filter(({ label }) => label !== undefined);
    const random = new Random(seed, `random-labels/${k}`);
    const fitted = fitClassifier(
      kind,
      {
        x: rows.pick(learned),
        y: Int32Array.from(learned, ({ label }) =>
          randomLabels ? random.int(classes.length) : classes.indexOf(label!),
        ),
        classCount: classes.length,
        people: learned.map(personOf),
      },
      { ...classifier, ...(source.scaling && classifier.scaling === undefined ? { scaling: source.scaling } : {}) },
    );
    const predicted = predictClasses(fitted.model, rows.pick(fold.test));
    outcomes.push({
      name: fold.name,
      train: learned.length,
      validation: 0,
      confusion: confusionOf(fold.test, predicted, protocol, classes),
    });
    onFold?.({ name: fold.name, number: k + 1, of: folds.length, classifier: fitted.name });
  }
  return reportProtocol(outcomes, {
    protocol,
    classes,
    model: `${source.name} + ${kind}${randomLabels ? ' of random labels' : ''}`,
    leftOut: leftOutOf(protocol, databases),
    notes: [
      `A classifier (${kind}) is fitted in each fold to the features of all that it does not test${kind === 'svm' || kind === 'svm-rbf' ? `; its settings are chosen for ${classifier.select ?? 'mean-accuracy'} by cross-validation there, in ${classifier.folds ?? 5} parts, the images of a person together` : ''}.`,
      ...(protocol.scored === 'sequences' ? ['A sequence is predicted by the vote of its frames.'] : []),
      ...(randomLabels ? ['The training labels are drawn uniformly: this is what is reached without learning.'] : []),
      `Images: ${framings.describe()}${normalize ? `; normalized by ${formatNormalization(normalize)}` : ''}.`,
      ...unknownPeople(protocol, folds),
      ...notes,
    ],
  });
}

/** The person; of an image without one, its sequence. */
const personOf = ({ subject, sequence }: FaceRecord): string | undefined =>
  subject ?? (sequence === undefined ? undefined : `sequence ${sequence}`);

interface FeatureRows {
  /** @returns [N,D] of the records */
  pick(records: readonly FaceRecord[]): Features;
}

/** The features of every image of the folds, each once. */
async function featuresOf(
  source: FeatureSource,
  folds: readonly ProtocolFold[],
  classes: readonly string[],
  { id, databases }: Protocol,
  {
    onFeatures,
    normalize,
    ...images
  }: RecordImagesOptions & Pick<ClassifyProtocolOptions, 'onFeatures' | 'normalize'> = {},
): Promise<FeatureRows> {
  // Databases may have equal ids, and a sequence's first frame may stand under two labels: by database and image
  const places = new Map<FaceRecord['image'], number>();
  const all: FaceRecord[] = [];
  for (const record of folds.flatMap(({ train, validation, test }) => [...train, ...validation, ...test])) {
    if (places.has(record.image)) continue;
    places.set(record.image, all.length);
    all.push(record);
  }
  const dataset = recordDataset(
    id,
    { name: databases.at(-1)!, classes },
    { all },
    new RecordImages(source.format, images),
  );
  const split = await dataset.loadSplit('all', 'evaluate');
  const { dims, data } = await collectFeatures(
    source,
    normalize ? normalizeImages(split, normalize) : split,
    onFeatures,
  );
  const D = dims[1]!;
  return {
    pick(records) {
      const x = new Float32Array(records.length * D);
      records.forEach(({ image }, i) => {
        const row = places.get(image)!;
        x.set((data as Float32Array).subarray(row * D, (row + 1) * D), i * D);
      });
      return tensor('float32', [records.length, D], x);
    },
  };
}

function confusionOf(
  records: readonly FaceRecord[],
  predicted: Int32Array,
  { scored }: Protocol,
  classes: readonly string[],
): ConfusionMatrix {
  const K = classes.length;
  const groups = scored === 'images' ? records.map((_, i) => [i]) : sequencesOf(records);
  const votes = groups.map((rows) => {
    const counts = new Int32Array(K);
    for (const i of rows) counts[predicted[i]!]!++;
    return counts.indexOf(Math.max(...counts));
  });
  return confusionMatrix(
    groups.map(([first]) => classes.indexOf(records[first!]!.label!)),
    votes,
    K,
  );
}
