/** The kinds of simulated annotator: how each votes, and the reliability α that this amounts to. */
import type { Random } from '../tensor/index.ts';

/**
 * reliable, careless: right with probability σ(αβ), α about 1 and about 0.3, wrong evenly; adversary: the same with α
 * about −1; spammer: any label; constant: always the same label; biased: reliable, but sees one class as another, more
 * often than not
 */
export const ANNOTATOR_KINDS = ['reliable', 'careless', 'spammer', 'constant', 'adversary', 'biased'] as const;
export type AnnotatorKind = (typeof ANNOTATOR_KINDS)[number];

export interface Annotator {
  /** The α of GLAD that is right as often. */
  readonly alpha: number;
  /** @returns a class */
  vote(truth: number, ease: number, random: Random): number;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Mean and deviation of α by kind. */
const ALPHA = { reliable: [1, 0.25], careless: [0.3, 0.1], adversary: [-1, 0.25], biased: [1, 0.25] } as const;
/** How often a biased annotator sees its blind class as another. */
const BIAS = 0.7;

/**
 * @param prior [K] class probabilities   @param ease [T] β of the tasks, of which accuracies are means
 * @param random fixes the annotator's own parameters
 */
export function createAnnotator(
  kind: AnnotatorKind,
  prior: Float64Array,
  ease: Float64Array,
  random: Random,
): Annotator {
  const K = prior.length;
  const wrong = (truth: number, r: Random): number => (truth + 1 + r.int(K - 1)) % K;
  if (kind === 'spammer') return { alpha: alphaOfAccuracy(1 / K, ease), vote: (_truth, _ease, r) => r.int(K) };
  if (kind === 'constant') {
    const label = random.int(K);
    return { alpha: alphaOfAccuracy(prior[label]!, ease), vote: () => label };
  }
  const [mean, deviation] = ALPHA[kind];
  const size = Math.max(0.05, Math.abs(mean) + deviation * random.normal());
  const alpha = mean < 0 ? -size : size;
  const voteHonestly = (truth: number, beta: number, r: Random): number =>
    r.uniform() < sigmoid(alpha * beta) ? truth : wrong(truth, r);
  if (kind !== 'biased') return { alpha, vote: voteHonestly };
  const blind = random.int(K);
  const seen = wrong(blind, random);
  return {
    alpha: alphaOfAccuracy(meanAccuracy(alpha, ease) * (1 - BIAS * prior[blind]!), ease),
    vote: (truth, beta, r) => (truth === blind && r.uniform() < BIAS ? seen : voteHonestly(truth, beta, r)),
  };
}

/** Enough tasks to know a mean accuracy to three digits. */
const MAX_SAMPLES = 2000;

function meanAccuracy(alpha: number, ease: Float64Array): number {
  const count = Math.min(ease.length, MAX_SAMPLES);
  let total = 0;
  for (let t = 0; t < count; t++) total += sigmoid(alpha * ease[t]!);
  return total / count;
}

/** @returns α within ±50 with mean σ(αβ) = accuracy, by bisection */
function alphaOfAccuracy(accuracy: number, ease: Float64Array): number {
  let [low, high] = [-50, 50];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meanAccuracy(middle, ease) < accuracy) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
