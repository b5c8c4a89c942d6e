/** The position-map network: sizes as published, and maps as large as pictures. */
import { allclose, readGolden } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { createSession } from '../../runtime/index.ts';
import { float32, sizeOf, type Tensor } from '../../tensor/index.ts';
import { meshHead } from '../../train/heads.ts';
import { headsLoss } from '../../train/heads-loss.ts';
import { Program } from '../../train/program.ts';
import { defineStep } from '../../train/step.ts';
import { sgd } from '../../optim/index.ts';
import { buildNetwork, countParameters, encodeNetwork } from '../index.ts';
import { positionMapNetwork } from './position-map.ts';

describe('the position-map network', () => {
  it('has as many parameters as its layers have, at the published size', () => {
    // Convolutions without biases, two numbers for each channel that is normalised
    const conv = (from: number, to: number, kernel: number): number => from * to * kernel ** 2;
    let expected = conv(3, 16, 4) + 2 * 16;
    let from = 16;
    for (const to of [32, 32, 64, 64, 128, 128, 256, 256, 512, 512]) {
      const half = to / 2;
      expected += conv(from, half, 1) + conv(half, half, 4) + conv(half, to, 1) + 2 * (half + half + to);
      if (from !== to) expected += conv(from, to, 1);
      from = to;
    }
    for (const to of [512, 256, 256, 256, 128, 128, 128, 64, 64, 64, 32, 32, 16, 16, 3, 3, 3]) {
      expected += conv(from, to, 4) + 2 * to;
      from = to;
    }
    expect(countParameters(positionMapNetwork())).toBe(expected);
    expect(expected).toBe(13_353_618);
  });

  it.each([
    [256, 1],
    [128, 0.25],
    [32, 0.0625],
  ])('gives a map as large as the picture: %i px, %d of the channels', (size, widthMultiplier) => {
    const { outputs, b } = buildNetwork(positionMapNetwork({ size, widthMultiplier }));
    expect(outputs['map']!.shape.slice(1)).toEqual([3, size, size]);
    const count = (op: string): number => b.graph.nodes.filter((node) => node.op === op).length;
    // The first one, three in each of ten blocks, and a shortcut in every other one
    expect([count('Conv'), count('ConvTranspose')]).toEqual([1 + 30 + 5, 17]);
  });

  it('follows PyTorch: losses weighted by texel, three steps, and the map that follows (tools/golden/position-map.py)', async () => {
    const golden = await readGolden(new URL('./golden/position-map.golden.json', import.meta.url));
    const [BATCH, SIZE] = [3, 64];
    const dims = [BATCH, 3, SIZE, SIZE];
    const wave = (shape: readonly number[], a: number, b: number): Float32Array =>
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(a * i + b));
    const network = positionMapNetwork({ size: SIZE, widthMultiplier: 1 / 16 });
    const convolutions = [...buildNetwork(network).b.parameters]
      .filter(([name, { value }]) => name.endsWith('.weight') && value.shape.length === 4)
      .map(([name, { value }]) => [name.slice(0, -'.weight'.length), value.shape as number[]] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const weights = new Map<string, Tensor>(
      convolutions.map(([name, shape], k) => [
        `${name}.weight`,
        float32(
          shape,
          wave(shape, 0.7, 1.3 * k + 0.4).map((v) => 0.5 * v),
        ),
      ]),
    );
    const step = defineStep({
      network,
      batchSize: BATCH,
      targets: { map: dims.slice(1), 'map.mask': dims.slice(1) },
      loss: headsLoss([meshHead('map', SIZE, 'golden')]),
      optimizer: sgd(),
    });
    const program = await Program.create(
      { seed: 1, steps: { train: { ...step, outputGradients: true } }, weights },
      { threads: 1 },
    );
    const pictures = (i: number): Tensor =>
      float32(
        dims,
        wave(dims, 0.013, i).map((v) => 0.5 + 0.5 * v),
      );
    const losses: number[] = [];
    const lengths: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { loss, outputs } = await program.run(
        'train',
        {
          x: pictures(i),
          'target.map': float32(
            dims,
            wave(dims, 0.0017, 2 * i).map((v) => 0.5 + 0.3 * v),
          ),
          'target.map.mask': float32(
            dims,
            Float32Array.from({ length: sizeOf(dims) }, (_, k) => [0, 1, 2, 16][k % 4]!),
          ),
        },
        2 ** -14,
      );
      losses.push(loss);
      if (i > 0) continue;
      for (const [name] of convolutions)
        lengths.push(Math.hypot(...(outputs[`${name}.weight_grad`]!.data as Float32Array)));
    }
    const after = program.weights();
    await program.release();
    const session = await createSession(encodeNetwork(network, after), { threads: 1 }, 'position map');
    const { map } = await session.run({ x: pictures(0) });
    await session.release();
    allclose(float32([3], losses), golden.tensor('losses'), { rtol: 5e-4, atol: 1e-6 });
    allclose(float32([lengths.length], lengths), golden.tensor('gradients'), { rtol: 1e-2, atol: 1e-5 });
    const every = (map!.data as Float32Array).filter((_, i) => i % 37 === 0);
    allclose(float32([every.length], every), golden.tensor('map'), { rtol: 1e-3, atol: 2e-3 });
  });

  it('refuses sizes that cannot be halved five times', () => {
    expect(() => positionMapNetwork({ size: 100 })).toThrow('size: expected a multiple of 32, got 100');
  });
});
