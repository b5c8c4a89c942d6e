/** The networks that re-centralization is compared with, in PyTorch: loss, every gradient, running statistics, answers. */
import {
  allclose,
  differentTensors,
  filledTensor,
  hashed,
  hashedWeights,
  readGolden,
  type GoldenPass,
} from 'mien-testkit';
import { expect, it } from 'vitest';
import { buildNetwork, type Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import {
  dtagn,
  faceInception,
  latentTruth,
  phrnnMscnn,
  shapeShading,
  type ImageNetworkOptions,
} from '../nn/models/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { sgd } from '../optim/index.ts';
import { createSession } from '../runtime/index.ts';
import { float32, toNumbers, zeros, type Tensor } from '../tensor/index.ts';
import { buildStep, Trainer, type ClassesHead, type LossFunction, type StepSpec } from '../train/index.ts';
import { evolutionalLoss, jointLosses, labellingsLoss } from './comparison.ts';

type Name = 'face-inception' | 'dtagn' | 'phrnn-mscnn' | 'ltnet' | 'shape-shading';
interface GoldenNetwork {
  readonly size: number;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly pass: GoldenPass;
  readonly answers: Readonly<Record<string, readonly number[]>>;
  readonly descriptors?: readonly number[];
}

const { document } = await readGolden(new URL('./golden/comparison-networks.golden.json', import.meta.url));
const golden = document as unknown as {
  readonly classes: number;
  readonly answers: number;
  readonly batch: number;
  readonly width: number;
  readonly networks: Readonly<Record<Name, GoldenNetwork>>;
};

const TRUE_CLASSES = ['a', 'b', 'c', 'd', 'e'];
const LABELLINGS = { own: TRUE_CLASSES, other: ['a', 'b', 'x'] };
const byLogits: LossFunction = (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!);
const heads = Object.entries(LABELLINGS).map(([output, classes]): ClassesHead => ({
  output,
  classes,
  target: output,
  trainedOn: output,
}));

const CASES: Readonly<
  Record<
    Name,
    {
      readonly make: (o: ImageNetworkOptions & { readonly size: number }) => Network;
      readonly loss: LossFunction;
    }
  >
> = {
  'face-inception': { make: faceInception, loss: byLogits },
  dtagn: { make: dtagn, loss: (b, outputs, targets) => jointLosses(b, outputs, targets['logits']!) },
  'phrnn-mscnn': { make: phrnnMscnn, loss: evolutionalLoss },
  ltnet: {
    make: (o) => latentTruth({ ...o, classes: TRUE_CLASSES, labellings: LABELLINGS }),
    loss: labellingsLoss(heads),
  },
  'shape-shading': {
    make: ({ size, classes }) => shapeShading({ classes, size, eyeDistance: 16, components: 6, kernelFeatures: 9 }),
    loss: byLogits,
  },
};

/** As in the script. */
const LABELS = [0, 0, 1, 2];

it.each(Object.entries(CASES) as [Name, (typeof CASES)[Name]][])(
  "%s computes PyTorch's",
  async (name, { make, loss }) => {
    const { size, weights, pass, answers, descriptors } = golden.networks[name];
    const { classes, batch, width } = golden;
    const network = make({ classes, size, widthMultiplier: 1 / width });
    const targets: Record<string, readonly number[]> =
      name === 'ltnet' ? { own: [classes], other: [golden.answers] } : { logits: [classes] };
    const spec: StepSpec = {
      network,
      batchSize: batch,
      targets,
      loss,
      optimizer: sgd(),
      seed: 0,
      outputGradients: true,
    };
    const start = hashedWeights(weights);
    const { b, outputs } = buildNetwork(network, { weights: start });
    expect(Object.fromEntries([...b.parameters].map(([n, p]) => [n, p.initial.dims])), 'weights').toEqual(weights);

    const inputs: Record<string, Tensor> = {
      x: filledTensor([batch, 1, size, size], (i) => hashed(i, 99) * 3),
      ...(network.furtherInputs ? { landmarks: filledTensor([batch, 136], (i) => hashed(i, 98)) } : {}),
    };
    const trainer = await Trainer.create(spec);
    trainer.restore(start, 0);
    const oneHot = ([k]: readonly number[]): Tensor => {
      const target = zeros('float32', [batch, k!]);
      LABELS.forEach((label, i) => (target.data[i * k! + (label % k!)] = 1));
      return target;
    };
    // Noise of ones: dropout drops nothing
    const noise = buildStep(spec).noise.map((v) => [v.name, filledTensor(v.shape as number[], () => 1)] as const);
    const step = await trainer.run(
      {
        ...inputs,
        ...Object.fromEntries(Object.entries(targets).map(([n, dims]) => [`target.${n}`, oneHot(dims)])),
        ...Object.fromEntries(noise),
      },
      0.1,
    );
    expect(Math.abs(step.loss / pass.loss - 1), 'loss').toBeLessThan(1e-4);
    expect(differentTensors(pass.gradients, (n) => step.outputs[`${n}_grad`]!)).toEqual([]);
    expect(differentTensors(pass.statistics, (n) => trainer.state.get(n)!)).toEqual([]);
    await trainer.release();

    for (const output of [...Object.keys(answers), ...(descriptors ? ['descriptors'] : [])])
      b.output(outputs[output]!, output);
    const session = await createSession(encodeModel(b.graph));
    const found = await session.run(inputs);
    for (const [output, expected] of Object.entries(answers))
      allclose(found[output]!, float32(found[output]!.dims, expected), { rtol: 1e-3, atol: 1e-4 });
    if (descriptors)
      allclose(toNumbers(found['descriptors']!).slice(0, descriptors.length), descriptors, { rtol: 1e-3, atol: 1e-4 });
    await session.release();
  },
);
