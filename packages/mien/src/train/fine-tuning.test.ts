/**
 * Ten fine-tuning steps of networks that PyTorch exported to ONNX, against PyTorch: losses, gradients, final values.
 */
import { allclose, readGolden, type Golden } from 'mien-testkit';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, it } from 'vitest';
import { importNetwork, linear, type ImportedNetwork, type ImportOptions } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { readModelFile } from '../onnx/node.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { sgd } from '../optim/index.ts';
import { sizeOf, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import type { ParameterGroup } from './step-graph.ts';
import { buildStep, Trainer, type StepSpec } from './step.ts';

const STEPS = 10;
const BATCH = 8;
const CLASSES = 3;
const LR = 2 ** -6;

interface Case {
  readonly name: string;
  readonly file: string;
  /** Golden inputs and head. */
  readonly data: string;
  readonly head: string;
  readonly cutAt: string;
  readonly options?: ImportOptions;
  readonly groups?: readonly ParameterGroup[];
  /** The golden file's names of the parameters in the order of their use, where the ONNX file's differ. */
  readonly names?: (count: number) => string[];
  /**
   * Relative, of the norm. The exporter folds in float32, and writes epsilon and momentum of batch normalisation in
   * float32.
   */
  readonly float64: number;
}

const DECAY = 2 ** -10;
const CASES: readonly Case[] = [
  {
    name: 'running',
    file: 'resnet18',
    data: 'resnet',
    head: 'resnet',
    cutAt: '/Flatten_output_0',
    float64: 1e-6,
    groups: [
      { match: (name) => /^(conv1|bn1|layer1)\./.test(name), lrScale: 0 },
      { match: (name) => /^layer[23]\./.test(name), lrScale: 1 / 8, weightDecay: DECAY },
      { match: () => true, weightDecay: DECAY },
    ],
  },
  {
    name: 'batch',
    file: 'resnet18',
    data: 'resnet',
    head: 'resnet',
    cutAt: '/Flatten_output_0',
    options: { statistics: 'batch' },
    groups: [{ match: () => true, lrScale: 1 / 16, weightDecay: DECAY }],
    float64: 1e-5,
  },
  {
    name: 'folded',
    file: 'resnet18-folded',
    data: 'resnet',
    head: 'folded',
    cutAt: '/Flatten',
    float64: 1e-4,
    names: (count) => Array.from({ length: count }, (_, i) => `${Math.floor(i / 2)}.${i % 2 ? 'bias' : 'weight'}`),
  },
  {
    name: 'lstm',
    file: 'lstm',
    data: 'lstm',
    head: 'lstm',
    cutAt: '/Gather_output_0',
    names: () => ['W', 'R', 'B'],
    float64: 1e-6,
  },
];

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/fine-tuning.golden.json', import.meta.url));
});

function entry(name: string, i: number): Tensor<'float32'> {
  const all = golden.tensor(name);
  const dims = all.dims.slice(1);
  return tensor('float32', dims, Float32Array.from(toNumbers(all).slice(i * sizeOf(dims), (i + 1) * sizeOf(dims))));
}

async function load(c: Case): Promise<{ network: ImportedNetwork; spec: StepSpec }> {
  const graph = await readModelFile(fileURLToPath(new URL(`./golden/${c.file}.onnx`, import.meta.url)));
  const network = importNetwork(graph, {
    cutAt: c.cutAt,
    head: (b, v) => ({ logits: linear(b, 'head', v, { features: CLASSES }) }),
    ...c.options,
  });
  const spec: StepSpec = {
    network,
    batchSize: BATCH,
    targets: { logits: [CLASSES] },
    loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    optimizer: sgd({ momentum: 0.875 }),
    groups: c.groups ?? [{ match: () => true, weightDecay: DECAY }],
    seed: 0,
    outputGradients: true,
  };
  return { network, spec };
}

/** PyTorch's head in place of the seeded one. */
function withHead(c: Case, initial: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const state = new Map(initial);
  for (const key of ['weight', 'bias']) {
    const t = golden.tensor(`${c.head}.head.${key}`);
    state.set(`head.${key}`, tensor('float32', t.dims, Float32Array.from(toNumbers(t))));
  }
  return state;
}

/** As tools/golden/fine-tuning.py: sum, norm, product with cos(0), cos(1), … */
function summary(t: Tensor): [sum: number, norm: number, product: number] {
  const v = toNumbers(t);
  const total = (f: (x: number, i: number) => number): number => v.reduce((s, x, i) => s + f(x, i), 0);
  return [total((x) => x), Math.sqrt(total((x) => x * x)), total((x, i) => x * Math.cos(i))];
}

/** Compares summaries to `tolerance` of the tensor's norm. */
function compare(actual: Tensor, expected: ArrayLike<number>, at: number, tolerance: number): void {
  allclose(summary(actual), [expected[at]!, expected[at + 1]!, expected[at + 2]!], {
    rtol: 0,
    atol: tolerance * expected[at + 1]!,
  });
}

function check(
  c: Case,
  network: ImportedNetwork,
  kind: 'trained' | 'end',
  find: (name: string) => Tensor,
  expected: readonly number[],
  offset: number,
  tolerance: number,
): void {
  const names = (golden.document['names'] as Record<string, Record<string, string[]>>)[c.name]![kind]!;
  const given = c.names?.(network.parameterNames.length);
  names.forEach((name, i) => {
    const own = given?.includes(name) ? network.parameterNames[given.indexOf(name)]! : name;
    compare(find(own), expected, offset + 3 * i, tolerance);
  });
}

describe.each(CASES)('$name', (c) => {
  const trainedCount = (): number => golden.tensor(`${c.name}.gradients`).dims[1]!;

  it('follows PyTorch for ten steps in ONNX Runtime', async () => {
    const { network, spec } = await load(c);
    const trainer = await Trainer.create(spec);
    trainer.restore(withHead(c, trainer.state), 0);
    const losses = toNumbers(golden.tensor(`${c.name}.losses`));
    const gradients = toNumbers(golden.tensor(`${c.name}.gradients`));
    for (let i = 0; i < STEPS; i++) {
      const { loss, outputs } = await trainer.run(
        { x: entry(`${c.data}.x`, i % 2), 'target.logits': entry('target', i % 2) },
        LR,
      );
      allclose([loss], [losses[i]!], { rtol: 1e-5 });
      check(c, network, 'trained', (name) => outputs[`${name}_grad`]!, gradients, i * trainedCount() * 3, 2e-4);
    }
    check(c, network, 'end', (name) => trainer.state.get(name)!, toNumbers(golden.tensor(`${c.name}.end`)), 0, 1e-4);
    await trainer.release();
  });

  it('follows PyTorch for ten steps in float64', async () => {
    const { network, spec } = await load(c);
    const { graph, initial } = buildStep(spec);
    let state = withHead(c, initial);
    const losses = toNumbers(golden.tensor(`${c.name}.losses`));
    const gradients = toNumbers(golden.tensor(`${c.name}.gradients`));
    const lr = tensor('float64', [], Float64Array.of(LR));
    for (let i = 0; i < STEPS; i++) {
      const outputs = evaluateGraph(graph, {
        x: entry(`${c.data}.x`, i % 2),
        'target.logits': entry('target', i % 2),
        lr,
        ...Object.fromEntries(state),
      });
      allclose(outputs['loss']!, [losses[i]!], { rtol: c.float64 });
      check(c, network, 'trained', (name) => outputs[`${name}_grad`]!, gradients, i * trainedCount() * 3, c.float64);
      state = new Map([...state].map(([name, t]): [string, Tensor] => [name, outputs[`${name}:next`] ?? t]));
    }
    check(c, network, 'end', (name) => state.get(name)!, toNumbers(golden.tensor(`${c.name}.end`)), 0, c.float64);
  });
});
