/** Networks of random layers, for properties that hold of every network. */
import type { Value } from 'mienjs/onnx';
import { sizeOf } from 'mienjs/tensor';
import * as fc from 'fast-check';
import { Draft, dimsOf, type Gene } from './draft.ts';
import { LAYERS } from './layers.ts';
import { WINDOW_LAYERS } from './window-layers.ts';

/** Beyond this a layer's output is not kept: the reference evaluator is slow. */
const LARGEST = 240;

export interface NetworkGenes {
  readonly seed: number;
  readonly dims: readonly number[];
  readonly genes: readonly Gene[];
}

const gene = fc.record({ kind: fc.nat(999), choices: fc.array(fc.nat(11), { minLength: 12, maxLength: 12 }) });

/** Inputs [N,C,…] of one to three spatial axes, one to six layers. */
export const anyNetwork: fc.Arbitrary<NetworkGenes> = fc.record({
  seed: fc.nat(1 << 20),
  dims: fc
    .integer({ min: 1, max: 3 })
    .chain((axes) =>
      fc.tuple(
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 4 }),
        ...Array.from({ length: axes }, () => fc.integer({ min: 1, max: axes === 3 ? 3 : 5 })),
      ),
    ),
  genes: fc.array(gene, { minLength: 1, maxLength: 6 }),
});

export function buildNetwork({ seed, dims, genes }: NetworkGenes): { draft: Draft; output: Value } {
  const draft = new Draft(seed);
  let v = draft.variable(dims);
  for (const g of genes) {
    draft.read(g);
    const layers = dimsOf(v).length >= 3 && dimsOf(v).length <= 5 && g.kind % 2 === 0 ? WINDOW_LAYERS : LAYERS;
    const next = layers[(g.kind >> 1) % layers.length]!(draft, v);
    if (sizeOf(dimsOf(next)) <= LARGEST && sizeOf(dimsOf(next)) > 0) v = next;
  }
  return { draft, output: v };
}
