/**
 * Random networks: ONNX Runtime agrees with the float64 evaluator in value and gradient, and the gradient with central
 * differences along a random direction. MIEN_SEED and MIEN_RANDOM_NETWORKS choose other networks, and more.
 */
import { gradients } from 'mienjs/autodiff';
import { encodeModel, evaluateGraph } from 'mienjs/onnx';
import { createSession } from 'mienjs/runtime';
import { Random, float32, sizeOf, tensor, toNumbers, type Tensor } from 'mienjs/tensor';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allclose } from './index.ts';
import { anyNetwork, buildNetwork, type NetworkGenes } from './random-network/build.ts';
import { dimsOf } from './random-network/draft.ts';

const SEED = Number(process.env['MIEN_SEED'] ?? 2026);
const CASES = Number(process.env['MIEN_RANDOM_NETWORKS'] ?? 500);

/** Gradients in a kink's neighbourhood are skipped, and counted. */
let kinks = 0;

async function check(genes: NetworkGenes): Promise<void> {
  const { draft, output } = buildNetwork(genes);
  const { b, feeds, inputs } = draft;
  const random = new Random(genes.seed, 'loss and direction');
  const weights = float32(
    dimsOf(output),
    Array.from({ length: sizeOf(dimsOf(output)) }, () => random.range(0.5, 1.5)),
  );
  b.output(output, 'y');
  const loss = b.output(b.op('ReduceSum', [b.op('Mul', [output, b.constant(weights)])], { keepdims: 0 }), 'loss');
  const grads = gradients(b, loss, inputs).map((g, i) => b.output(g, `grad.${i}`));

  const exact = evaluateGraph(b.graph, feeds);
  const session = await createSession(encodeModel(b.graph));
  const actual = await session.run(feeds);
  await session.release();
  allclose(actual['y']!, exact['y']!, { rtol: 1e-4, atol: 1e-4 * largest(exact['y']!) });

  const directions = inputs.map((v) => Float64Array.from({ length: sizeOf(dimsOf(v)) }, () => random.range(-1, 1)));
  const along = (step: number): number => {
    const moved = Object.fromEntries(
      inputs.map((v, i) => [
        v.name,
        tensor(
          'float64',
          dimsOf(v),
          Float64Array.from(toNumbers(feeds[v.name]!), (x, k) => x + step * directions[i]![k]!),
        ),
      ]),
    );
    return toNumbers(evaluateGraph(b.graph, moved, ['loss'])['loss']!)[0]!;
  };
  const difference = (step: number): number => (along(step) - along(-step)) / (2 * step);
  const [wide, narrow] = [difference(2e-5), difference(1e-5)];
  const scale = 1 + Math.abs(narrow);
  if (Math.abs(wide - narrow) > 3e-7 * scale) {
    kinks++;
    return;
  }
  const derivative = grads.reduce(
    (total, g, i) => total + toNumbers(exact[g.name]!).reduce((s, v, k) => s + v * directions[i]![k]!, 0),
    0,
  );
  expect(Math.abs(derivative - narrow) / scale).toBeLessThan(1e-6);
  for (const g of grads)
    allclose(actual[g.name]!, exact[g.name]!, { rtol: 1e-4, atol: 1e-4 * largest(exact[g.name]!) });
}

const largest = (t: Tensor): number => toNumbers(t).reduce((m, v) => Math.max(m, Math.abs(v)), 1);

describe('random networks', () => {
  it(`agree in value and gradient: ${CASES} networks from seed ${SEED}`, async () => {
    kinks = 0;
    await fc.assert(fc.asyncProperty(anyNetwork, check), { seed: SEED, numRuns: CASES });
    expect(kinks, 'gradients not compared because a kink was near').toBeLessThan(0.01 * CASES + 1);
  }, 300_000);
});
