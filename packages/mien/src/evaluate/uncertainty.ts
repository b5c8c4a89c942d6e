/**
 * When a model had better not answer: what thresholds on its confidence cost and gain, and whether they find the images
 * that people call unclear.
 */
import { coverageCurve, type CoveragePoint } from '../metrics/index.ts';
import { confidencesOf, type Answers, type Outcomes } from './answers.ts';

/** What a model's threshold does on a split. */
export interface Uncertainty {
  /** Answers of a lower confidence are called uncertain. */
  readonly below: number;
  /** Share of the images that get an answer that is not uncertain. */
  readonly coverage: number;
  /** Share of these answers that is right; NaN where there is none. */
  readonly accuracy: number;
  /** Share of all answers that is right, uncertain ones among them. */
  readonly accuracyOfAll: number;
}

/** Images of one kind, and how many of them the threshold finds. */
export interface FlaggedImages {
  readonly reason: string;
  readonly n: number;
  /** Images whose answer is uncertain. */
  readonly flagged: number;
}

/** Thresholds of the curve. */
const THRESHOLDS = Array.from({ length: 20 }, (_, i) => i / 20);

export const curveOf = ({ confidences, right }: Outcomes): CoveragePoint[] =>
  coverageCurve(confidences, right, THRESHOLDS);

export function uncertaintyOf({ confidences, right }: Outcomes, below: number): Uncertainty {
  const [all, kept] = coverageCurve(confidences, right, [0, below]);
  return { below, coverage: kept!.coverage, accuracy: kept!.accuracy, accuracyOfAll: all!.accuracy };
}

export function flaggedOf(reason: string, answers: Answers, below: number): FlaggedImages {
  const confidences = confidencesOf(answers);
  return { reason, n: confidences.length, flagged: confidences.filter((confidence) => confidence < below).length };
}
