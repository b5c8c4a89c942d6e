/**
 * What checkpointed segments save: 20 convolutions 3×3 of 32 channels with ReLU on 48×48 grey, kept whole, and in five
 * segments that the backward pass computes again. Step time side by side, peak memory in processes of their own.
 */
import { conv2d, globalAveragePool, linear, relu, type Network } from 'mienjs/nn';
import type { Value } from 'mienjs/onnx';
import { interleave, median, millisecondsPerRun } from '../timing.ts';
import { mienMemory } from './memory.ts';
import { prepareMien, type EngineCase } from './networks.ts';

export interface RecomputeRow {
  readonly bench: 'engine-recompute';
  readonly network: string;
  readonly batch: number;
  readonly stepMs: number;
  readonly peakMiB: number | null;
}

const [SEGMENTS, CONVOLUTIONS] = [5, 4];
const MAX_ROUNDS = 5;

const deep = (recompute: boolean): Network => ({
  name: 'deep',
  input: { channels: 1, height: 48, width: 48 },
  build(b, x) {
    let v = x;
    for (let s = 0; s < SEGMENTS; s++) {
      const segment = (input: Value): Value => {
        let u = input;
        for (let i = 0; i < CONVOLUTIONS; i++)
          u = relu(b, conv2d(b, `conv${s}.${i}`, u, { channels: 32, kernel: 3, pad: 1 }));
        return u;
      };
      v = recompute ? b.checkpoint(v, segment) : segment(v);
    }
    return { logits: linear(b, 'fc', globalAveragePool(b, v), { features: 7 }) };
  },
});

export const DEEP_CASES: readonly EngineCase[] = [
  { name: 'deep-20', network: deep(false), batch: 32 },
  { name: 'deep-20-recomputed', network: deep(true), batch: 32 },
];

export async function benchRecompute(rounds: number, threads: number): Promise<RecomputeRow[]> {
  const sides = await Promise.all(DEEP_CASES.map((engineCase) => prepareMien(engineCase, threads)));
  const times = await interleave(
    sides.map((side) => () => millisecondsPerRun(() => side.step())),
    Math.min(rounds, MAX_ROUNDS),
  );
  await Promise.all(sides.map((side) => side.release()));
  const rows: RecomputeRow[] = [];
  for (const [i, { name, batch }] of DEEP_CASES.entries()) {
    const { peakMiB } = await mienMemory(name, threads);
    rows.push({ bench: 'engine-recompute', network: name, batch, stepMs: median(times[i]!), peakMiB });
  }
  return rows;
}
