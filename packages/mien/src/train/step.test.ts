/** Ten training steps against PyTorch: losses, every gradient, and the weights that each optimiser ends with. */
import { allclose, allcloseToLargest, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, describe, it } from 'vitest';
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool,
  relu,
  spatialTransform,
  type Network,
} from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { adam, adamW, sgd, type Optimizer } from '../optim/index.ts';
import { sizeOf, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import { buildStep, Trainer, type StepSpec } from './step.ts';

const STEPS = 10;
const BATCH = 8;

/** The network of tools/golden/training-steps.py. */
const network: Network = {
  name: 'golden',
  input: { channels: 1, height: 16, width: 16 },
  build(b, x) {
    let v = relu(b, batchNorm(b, 'bn1', conv2d(b, 'conv1', x, { channels: 4, kernel: 3, pad: 1, bias: false })));
    v = maxPool(b, v, 2);
    v = spatialTransform(b, v, linear(b, 'loc', flatten(b, v), { features: 6 }));
    v = relu(b, batchNorm(b, 'bn2', conv2d(b, 'conv2', v, { channels: 6, kernel: 3, stride: 2, pad: 1, bias: false })));
    v = relu(b, conv2d(b, 'conv3', v, { channels: 6, kernel: 3, pad: 1 }));
    v = relu(b, linear(b, 'fc1', flatten(b, v), { features: 8 }));
    return { logits: linear(b, 'fc2', dropout(b, 'dropout', v, 0.5), { features: 3 }) };
  },
};

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/training-steps.golden.json', import.meta.url));
});

/** Entry i of a stacked golden tensor, as float32. */
function entry(name: string, i: number): Tensor {
  const all = golden.tensor(name);
  const dims = all.dims.slice(1);
  const size = sizeOf(dims);
  return tensor('float32', dims, Float32Array.from(toNumbers(all).slice(i * size, (i + 1) * size)));
}

function specFor(optimizer: Optimizer, weightDecay: number): StepSpec {
  return {
    network,
    batchSize: BATCH,
    targets: { logits: [3] },
    loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    optimizer,
    groups: [{ match: () => true, weightDecay }],
    seed: 0,
    outputGradients: true,
  };
}

/** The golden start weights in place of the seeded ones. */
function startState(initial: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...initial].map(([name, t]): [string, Tensor] => {
      if (!golden.tensorNames.includes(`start.${name}`)) return [name, t];
      return [name, tensor('float32', t.dims, Float32Array.from(toNumbers(golden.tensor(`start.${name}`))))];
    }),
  );
}

describe.each([
  { name: 'sgd', optimizer: sgd({ momentum: 0.875, nesterov: true }), lr: 2 ** -8, weightDecay: 2 ** -10 },
  { name: 'adam', optimizer: adam(), lr: 2 ** -10, weightDecay: 2 ** -10 },
  { name: 'adamw', optimizer: adamW(), lr: 2 ** -10, weightDecay: 2 ** -7 },
])('$name', ({ name, optimizer, lr, weightDecay }) => {
  it('follows PyTorch for ten steps', async () => {
    const trainer = await Trainer.create(specFor(optimizer, weightDecay));
    trainer.restore(startState(trainer.state), 0);
    const losses = toNumbers(golden.tensor(`${name}.losses`));
    for (let i = 0; i < STEPS; i++) {
      const batch = { x: entry('x', i), 'target.logits': entry('target', i), dropout: entry('noise', i) };
      const { loss, outputs } = await trainer.run(batch, lr);
      allclose([loss], [losses[i]!], { rtol: 1e-5 });
      for (const gradient of golden.tensorNames.filter((n) => n.startsWith(`${name}.${i}.`))) {
        const expected = golden.tensor(gradient);
        // float32 against float64: to 0.02 % of the tensor's largest element
        allcloseToLargest(outputs[gradient.slice(`${name}.${i}.`.length)]!, expected, 2e-4);
      }
    }
    for (const end of golden.tensorNames.filter((n) => n.startsWith(`${name}.end.`))) {
      allclose(trainer.state.get(end.slice(`${name}.end.`.length))!, golden.tensor(end), { rtol: 1e-4, atol: 2e-5 });
    }
    await trainer.release();
  });
});

it('follows PyTorch in float64, in the reference evaluator, to rounding', () => {
  const { graph, initial } = buildStep(specFor(sgd({ momentum: 0.875, nesterov: true }), 2 ** -10));
  let state = startState(initial);
  for (let i = 0; i < STEPS; i++) {
    const feeds = {
      x: entry('x', i),
      'target.logits': entry('target', i),
      dropout: entry('noise', i),
      lr: tensor('float64', [], Float64Array.of(2 ** -8)),
    };
    const outputs = evaluateGraph(graph, { ...feeds, ...Object.fromEntries(state) });
    allclose(outputs['loss']!, [toNumbers(golden.tensor('sgd.losses'))[i]!], { rtol: 1e-7 });
    for (const gradient of golden.tensorNames.filter((n) => n.startsWith(`sgd.${i}.`))) {
      const expected = golden.tensor(gradient);
      allcloseToLargest(outputs[gradient.slice(`sgd.${i}.`.length)]!, expected, 1e-6);
    }
    state = new Map([...state.keys()].map((name): [string, Tensor] => [name, outputs[`${name}:next`]!]));
  }
});
