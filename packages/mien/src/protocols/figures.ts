/** What a protocol's folds come to: figures by fold, their spread, and one confusion matrix over all. */
import {
  describeFrames,
  describeSplit,
  type LeftOut,
  type Protocol,
  publishedResults,
  type PublishedResult,
} from '../data/protocols/index.ts';
import {
  accuracy,
  confusionMatrix,
  meanAccuracy,
  perClass,
  spread,
  type ClassMetrics,
  type ConfusionMatrix,
  type Spread,
} from '../metrics/index.ts';

/** The outcome of one fold. */
export interface FoldOutcome {
  readonly name: string;
  /** Images that were trained on; 0 where a finished model was tested. */
  readonly train: number;
  readonly validation: number;
  /** [K][K] counts of what is scored (images or sequences), row = label, column = prediction. */
  readonly confusion: ConfusionMatrix;
}

export interface FoldFigures extends FoldOutcome {
  /** What was scored in the test. */
  readonly n: number;
  readonly accuracy: number;
  /** Mean recall of the classes that occur in the fold. */
  readonly meanAccuracy: number;
}

/** A metric that is undefined is NaN, null in JSON. */
export interface ProtocolReport {
  readonly protocol: string;
  readonly databases: readonly string[];
  /** Paper and table of the protocol. */
  readonly source: string;
  readonly split: string;
  readonly frames: string;
  readonly scored: Protocol['scored'];
  readonly personIndependent: boolean;
  /** What was evaluated: a model, or a recipe trained anew in each fold. */
  readonly model: string;
  /** [K] order of the confusion matrices. */
  readonly classes: readonly string[];
  /** Over all folds. */
  readonly n: number;
  /** Over folds, each counting the same. */
  readonly accuracy: Spread;
  readonly meanAccuracy: Spread;
  /** All folds' predictions taken together. */
  readonly pooled: {
    readonly accuracy: number;
    readonly meanAccuracy: number;
    readonly perClass: Readonly<Record<string, ClassMetrics>>;
    readonly confusion: ConfusionMatrix;
  };
  readonly folds: readonly FoldFigures[];
  /** Images that the protocol does not use, by database. */
  readonly leftOut: Readonly<Record<string, LeftOut>>;
  /** What papers report under this protocol, in percent. */
  readonly published: readonly PublishedResult[];
  /** What a reader must know. */
  readonly notes: readonly string[];
}

export interface ReportContext extends Pick<ProtocolReport, 'model' | 'classes' | 'leftOut' | 'notes'> {
  readonly protocol: Protocol;
}

/** Puts the folds together. @param outcomes one a fold, at least one */
export function reportProtocol(
  outcomes: readonly FoldOutcome[],
  { protocol, model, classes, leftOut, notes }: ReportContext,
): ProtocolReport {
  const folds = outcomes.map(foldFigures);
  const confusion = sumMatrices(
    outcomes.map((outcome) => outcome.confusion),
    classes.length,
  );
  const ofClass = perClass(confusion);
  return {
    protocol: protocol.id,
    databases: protocol.databases,
    source: protocol.source,
    split: describeSplit(protocol.split),
    frames: describeFrames(protocol),
    scored: protocol.scored,
    personIndependent: protocol.personIndependent,
    model,
    classes,
    n: folds.reduce((sum, { n }) => sum + n, 0),
    accuracy: spread(folds.map((fold) => fold.accuracy)),
    meanAccuracy: spread(folds.map((fold) => fold.meanAccuracy)),
    pooled: {
      accuracy: accuracy(confusion),
      meanAccuracy: meanAccuracy(confusion),
      perClass: Object.fromEntries(classes.map((name, k) => [name, ofClass[k]!])),
      confusion,
    },
    folds,
    leftOut,
    published: publishedResults(protocol.id),
    notes: protocol.notes === undefined ? notes : [...notes, protocol.notes],
  };
}

function foldFigures(outcome: FoldOutcome): FoldFigures {
  const { confusion } = outcome;
  return {
    ...outcome,
    n: confusion.flat().reduce((a, b) => a + b, 0),
    accuracy: accuracy(confusion),
    meanAccuracy: meanAccuracy(confusion),
  };
}

function sumMatrices(matrices: readonly ConfusionMatrix[], classCount: number): number[][] {
  const sum = confusionMatrix([], [], classCount);
  for (const matrix of matrices)
    matrix.forEach((row, i) =>
      row.forEach((count, j) => {
        sum[i]![j]! += count;
      }),
    );
  return sum;
}
