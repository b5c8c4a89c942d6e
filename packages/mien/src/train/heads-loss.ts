/**
 * The loss of a network with heads of several kinds: for each head a loss of its kind, masked where targets are missing,
 * weighted, added, and reported by the output's name.
 * Shape legend: N samples, K classes, L names.
 */
import { MienError } from '../errors.ts';
import type { NetworkBuilder } from '../nn/index.ts';
import {
  binaryCrossEntropyLoss,
  concordanceLoss,
  crossEntropyLoss,
  focalLoss,
  hingeLoss,
  huberLoss,
  meanSquaredErrorLoss,
} from '../nn/losses/index.ts';
import type { Value } from '../onnx/index.ts';
import { float32 } from '../tensor/index.ts';
import { type LossData, maskName } from './feeds.ts';
import { type Head, isMeshHead, isValuesHead } from './heads.ts';
import type { LossFunction } from './step.ts';

/** How classes count that are not equally frequent. */
export type ClassWeights =
  /** wₖ = 1/(K·πₖ), π the shares of the training split. */
  | 'balanced'
  /** Given, one for each class. */
  | readonly number[];

export interface HeadLossOptions {
  /** Weight of this head in the sum. Default 1. */
  readonly weight?: number;
  /**
   * Classes: `cross-entropy` (default), `focal` (γ 2, α 1 unless given), `hinge`, of the L2-SVM. Multi-label:
   * `cross-entropy`. Regression: `squared-error` (default), `smooth-l1`, `concordance`. Mesh: `squared-error`, weighted by
   * texel.
   */
  readonly loss?: 'cross-entropy' | 'focal' | 'hinge' | 'squared-error' | 'smooth-l1' | 'concordance';
  /** ε of label smoothing, of a cross-entropy of classes. */
  readonly smoothing?: number;
  /** Weights of the classes in a cross-entropy. */
  readonly classWeights?: ClassWeights;
  /**
   * τ: the cross-entropy (or focal loss) is of zₖ + τ·ln πₖ, so that the logits z do not learn how frequent classes are
   * (Menon et al. 2021, Long-tail learning via logit adjustment, eq. 10).
   */
  readonly logitAdjustment?: number;
  /** γ and α of the focal loss. */
  readonly gamma?: number;
  readonly alpha?: number;
  /** For a multi-label head: what each label's presence counts against its absence. */
  readonly positiveWeights?: readonly number[];
}

/**
 * @param options by output; a head without any has the default loss of its kind
 * @throws {MienError} when an output is not one of the heads', or a loss is not of its head's kind
 */
export function headsLoss(
  heads: readonly Head[],
  options: Readonly<Record<string, HeadLossOptions>> = {},
): LossFunction {
  for (const [output, given] of Object.entries(options)) {
    const head = heads.find((other) => other.output === output);
    if (!head)
      throw new MienError(`headsLoss: there is no head "${output}", expected ${heads.map((h) => h.output).join(', ')}`);
    checkOptions(head, given);
  }
  return (b, outputs, targets, _bank, data) =>
    heads.map((head) => {
      const own = options[head.output] ?? {};
      return {
        name: head.output,
        value: headLoss(b, head, outputs[head.output]!, targets, own, data),
        ...(own.weight === undefined ? {} : { weight: own.weight }),
      };
    });
}

const LOSSES: Readonly<Record<'classes' | 'identity' | 'multilabel' | 'regression' | 'mesh', readonly string[]>> = {
  mesh: ['squared-error'],
  classes: ['cross-entropy', 'focal', 'hinge'],
  identity: ['cross-entropy', 'focal', 'hinge'],
  multilabel: ['cross-entropy'],
  regression: ['squared-error', 'smooth-l1', 'concordance'],
};
/** Which options have a meaning for which kinds and losses. */
const MEANING: Readonly<Record<string, (kind: string, loss: string) => boolean>> = {
  smoothing: (kind, loss) => kind === 'classes' && loss === 'cross-entropy',
  classWeights: (kind, loss) => kind === 'classes' && loss === 'cross-entropy',
  logitAdjustment: (kind, loss) => kind === 'classes' && loss !== 'hinge',
  gamma: (_, loss) => loss === 'focal',
  alpha: (_, loss) => loss === 'focal',
  positiveWeights: (kind) => kind === 'multilabel',
};

/** An option without a meaning is an error, not a silence. */
function checkOptions(head: Head, options: HeadLossOptions): void {
  const kind = head.kind ?? 'classes';
  const loss = options.loss ?? LOSSES[kind][0]!;
  if (!LOSSES[kind].includes(loss))
    throw new MienError(
      `headsLoss: ${head.output} is of ${kind}, expected a loss ${LOSSES[kind].join(', ')}, got ${loss}`,
    );
  const stray = Object.keys(options).find((name) => MEANING[name] && !MEANING[name](kind, loss));
  if (stray !== undefined)
    throw new MienError(`headsLoss: ${head.output}: ${stray} has no meaning for ${loss} of ${kind}`);
}

/** The loss of one head. @param targets of the step, with masks (see `maskName`) */
export function headLoss(
  b: NetworkBuilder,
  head: Head,
  output: Value,
  targets: Readonly<Record<string, Value>>,
  options: HeadLossOptions,
  data: LossData | undefined,
): Value {
  const target = targets[head.output]!;
  // Of a map the mask has the weights of its texels
  if (isMeshHead(head)) return meanSquaredErrorLoss(b, output, target, { mask: targets[maskName(head.output)]! });
  if (isValuesHead(head)) {
    const mask = { mask: targets[maskName(head.output)]! };
    if (head.kind === 'multilabel')
      return binaryCrossEntropyLoss(b, output, target, {
        ...mask,
        ...(options.positiveWeights ? { positiveWeights: options.positiveWeights } : {}),
      });
    if (options.loss === 'concordance') return concordanceLoss(b, output, target, mask);
    if (options.loss === 'smooth-l1') return huberLoss(b, output, target, mask);
    return meanSquaredErrorLoss(b, output, target, mask);
  }
  if (options.loss === 'hinge') return hingeLoss(b, output, target, { power: 2 });
  const prior = (): readonly number[] => {
    if (!data) throw new MienError(`headsLoss: ${head.output}: class shares need a training split`);
    return data.prior(head.output);
  };
  const tau = options.logitAdjustment ?? 0;
  const logits = tau === 0 ? output : b.op('Add', [output, shiftBy(b, prior(), tau)]);
  if (options.loss === 'focal')
    return focalLoss(b, logits, target, { gamma: options.gamma ?? 2, alpha: options.alpha ?? 1 });
  const { smoothing = 0, classWeights } = options;
  return crossEntropyLoss(b, logits, target, {
    smoothing,
    ...(classWeights ? { classWeights: classWeights === 'balanced' ? balanced(prior()) : classWeights } : {}),
  });
}

/** The least share that a logarithm is taken of: of a class that does not occur. */
const MIN_SHARE = 1e-12;

/** τ·ln π, [1,K] */
const shiftBy = (b: NetworkBuilder, prior: readonly number[], tau: number): Value =>
  b.constant(
    float32(
      [1, prior.length],
      prior.map((p) => tau * Math.log(Math.max(p, MIN_SHARE))),
    ),
  );

/** 1/(K·πₖ) over the K classes that occur; 0 for others. */
function balanced(prior: readonly number[]): number[] {
  const present = prior.filter((p) => p > 0).length;
  return prior.map((p) => (p > 0 ? 1 / (present * p) : 0));
}
