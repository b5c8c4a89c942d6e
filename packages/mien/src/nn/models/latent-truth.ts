/**
 * LTNet (Zeng, Shan & Chen, Facial expression recognition with inconsistently annotated datasets, ECCV 2018): a network says
 * how likely each class is to be true, and each labelling (a person, a database, a model) sees the truth through a matrix of
 * its own.
 *
 *   p = softmax(f(x)), of the truth that nobody sees;  P(labelling m says j) = Σᵢ pᵢ·T⁽ᵐ⁾ᵢⱼ,  Σⱼ T⁽ᵐ⁾ᵢⱼ = 1
 *
 * Its loss is −Σₘ log P(what m says), the cross-entropy of the outputs named by the labellings; a distribution of votes in
 * place of one label is the likelihood of all votes. Training starts near T = 1 for classes of one name, so that the truth
 * keeps the names of the classes; a class that a labelling does not have starts with all answers alike.
 *
 * Decided here: f is ResNet-18 (the paper has one of 80 layers); T is a softmax of rows of free numbers, where the authors'
 * release cuts and scales the rows after each step and takes a second softmax of P. The paper first predicts each database's
 * labels for the images of the others by models that are trained on one; here images have the labels that they have.
 *
 * Shape legend: N samples, K classes of the truth, L of a labelling.
 */
import { MienError } from '../../errors.ts';
import type { Value } from '../../onnx/index.ts';
import type { Initializer } from '../init.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import type { ImageNetworkOptions } from './options.ts';
import { resNet } from './resnet.ts';

export interface LatentTruthOptions extends Omit<ImageNetworkOptions, 'classes'> {
  /** [K] Names of the true classes. */
  readonly classes: readonly string[];
  /** [L] Names of the classes of each labelling, by the name of its output. */
  readonly labellings: Readonly<Record<string, readonly string[]>>;
}

/** Share of a true class that a labelling calls by its name, at the start. */
const AGREEMENT = 0.9;

/**
 * Defaults: grey, 100×100. Outputs: `logits` [N,K] of the truth, and for each labelling the logarithms [N,L] of how likely
 * each answer is.
 * @throws {MienError} when there is no labelling, or one is named as another output of the network
 */
export function latentTruth({
  classes,
  labellings,
  channels = 1,
  size = 100,
  ...options
}: LatentTruthOptions): Network {
  const names = Object.keys(labellings);
  if (names.length === 0) throw new MienError('latentTruth: expected at least one labelling, got none');
  const truth = resNet({ ...options, depth: 18, classes: classes.length, channels, size });
  return {
    name: 'latent-truth',
    input: truth.input,
    build(b, x) {
      const outputs = truth.build(b, x);
      const taken = names.find((name) => outputs[name]);
      if (taken !== undefined) throw new MienError(`latentTruth: the labelling "${taken}" is named as an output`);
      const p = b.op('Softmax', [outputs['logits']!], { axis: 1 });
      return {
        ...outputs,
        ...Object.fromEntries(
          Object.entries(labellings).map(([name, answers]) => {
            const seen = b.op('MatMul', [p, transitionMatrix(b, name, classes, answers)]); // [N,K]·[K,L]
            return [name, b.op('Log', [b.op('Max', [seen, 1e-12])])];
          }),
        ),
      };
    },
  };
}

/** T [K,L] of a labelling: what it says of each true class. Parameter `transition.NAME` [K,L]. */
export const transitionMatrix = (
  b: NetworkBuilder,
  labelling: string,
  classes: readonly string[],
  answers: readonly string[],
): Value =>
  b.op('Softmax', [b.weight(`transition.${labelling}`, [classes.length, answers.length], start(classes, answers))], {
    axis: 1,
  });

/** The logarithms of shares up to a constant: `AGREEMENT` for the class of the same name. */
function start(classes: readonly string[], answers: readonly string[]): Initializer {
  const agreed = Math.log((AGREEMENT * (answers.length - 1)) / (1 - AGREEMENT));
  return { kind: 'values', values: classes.flatMap((name) => answers.map((other) => (other === name ? agreed : 0))) };
}
