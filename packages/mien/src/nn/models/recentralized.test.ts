/** The network of re-centralized faces: its distances by hand, its size by its layers, its noise in training alone. */
import { describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../onnx/index.ts';
import { float32, Random, tensor, type Tensor } from '../../tensor/index.ts';
import { buildNetwork, countParameters, gaussianNoise, NetworkBuilder, standardize } from '../index.ts';
import { landmarkDistances, recentralized, RECENTRALIZED_STREAMS } from './recentralized.ts';

const run = (build: (b: NetworkBuilder) => unknown, inputs: Record<string, Tensor>, training = false): Tensor[] => {
  const b = new NetworkBuilder('test', { training });
  build(b);
  return Object.values(evaluateGraph(b.graph, inputs));
};

describe('distances of landmarks', () => {
  const random = new Random(1, 'points');
  const points = Float32Array.from({ length: 136 }, () => random.range(-0.5, 0.5));
  const distances = (values: Float32Array): number[] =>
    Array.from(
      run((b) => b.output(landmarkDistances(b, b.input('p', 'float32', [1, 136])), 'd'), {
        p: float32([1, 136], values),
      })[0]!.data as Float32Array,
    );

  it('are those of all pairs, after each axis is scaled to a length of 1', () => {
    const found = distances(points);
    expect(found).toHaveLength(2278);
    const axis = (k: 0 | 1): number[] => Array.from({ length: 68 }, (_, p) => points[2 * p + k]!);
    const range = (values: number[]): number => Math.max(...values) - Math.min(...values);
    const [x, y] = [axis(0), axis(1)];
    const between = (a: number, c: number): number =>
      Math.hypot((x[a]! - x[c]!) / range(x), (y[a]! - y[c]!) / range(y));
    expect(found[0]).toBeCloseTo(between(0, 1), 5);
    expect(found[66]).toBeCloseTo(between(0, 67), 5);
    expect(found[67]).toBeCloseTo(between(1, 2), 5);
    expect(found[2277]).toBeCloseTo(between(66, 67), 5);
  });

  it('do not change where a face lies, nor how large it is; of no face they are 0', () => {
    const moved = distances(points.map((v, i) => 0.3 * v + (i % 2 === 0 ? 0.1 : -0.2)));
    distances(points).forEach((d, i) => expect(moved[i]).toBeCloseTo(d, 4));
    expect(distances(new Float32Array(136)).every((d) => d === 0)).toBe(true);
  });
});

describe('the network', () => {
  it('has the layers of the paper', () => {
    const conv = (from: number, to: number, kernel: number): number => from * to * kernel * kernel;
    const norm = (channels: number): number => 2 * channels;
    const fc = (...widths: number[]): number =>
      widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i]! + 1), 0);
    const appearance =
      conv(1, 128, 3) +
      norm(128) +
      (conv(128, 64, 1) + conv(64, 64, 3) + conv(64, 128, 1) + norm(64 + 64 + 128)) +
      (conv(128, 64, 1) + conv(64, 64, 3) + conv(64, 256, 1) + conv(128, 256, 1) + norm(64 + 64 + 256 + 256)) +
      fc(9216, 1024, 1024, 128);
    const shading =
      conv(1, 256, 3) + 256 + conv(256, 128, 3) + 128 + conv(128, 64, 3) + 64 + fc(13 * 13 * 64, 512, 128);
    const landmarks = fc(2278, 1024, 512, 256, 128);
    expect(countParameters(recentralized({ classes: 7 }))).toBe(
      appearance + shading + landmarks + fc(384, 512, 128, 7),
    );
    expect(countParameters(recentralized({ classes: 7, streams: ['appearance'] }))).toBe(
      appearance + fc(128, 512, 128, 7),
    );
  });

  const SMALL = { classes: 3, size: 24, shadingSize: 16, widthMultiplier: 1 / 32 } as const;
  it.each([
    ...RECENTRALIZED_STREAMS.map((stream) => [stream]),
    ['appearance', 'landmarks'],
    ['shading', 'landmarks'],
    [...RECENTRALIZED_STREAMS],
  ])('takes the inputs of its streams: %s %s %s', (...names) => {
    const streams = RECENTRALIZED_STREAMS.filter((stream) => names.includes(stream));
    const { b, outputs } = buildNetwork(recentralized({ ...SMALL, streams }));
    expect(b.graph.inputs.map(({ name }) => name)).toEqual(['x', ...streams.filter((s) => s !== 'appearance')]);
    expect(outputs['logits']!.shape).toEqual(['N', 3]);
  });

  it('needs a stream', () => {
    expect(() => recentralized({ ...SMALL, streams: [] })).toThrow('expected some of the streams appearance, shading');
  });
});

describe('noise and standardisation', () => {
  const N = 20_000;
  const random = new Random(2, 'noise');
  const uniform = (): Tensor =>
    tensor(
      'float32',
      [1, N],
      Float32Array.from({ length: N }, () => random.uniform()),
    );

  it('adds numbers of mean 0 and the given variance in training, and nothing afterwards', () => {
    const x = float32(
      [1, N],
      Float32Array.from({ length: N }, () => 3),
    );
    const build = (b: NetworkBuilder): unknown =>
      b.output(gaussianNoise(b, 'n', b.input('x', 'float32', [1, N]), 0.5), 'y');
    const [y] = run(build, { x, 'n.radius': uniform(), 'n.angle': uniform() }, true);
    const values = Array.from(y!.data as Float32Array, (v) => v - 3);
    const mean = values.reduce((a, v) => a + v, 0) / N;
    const variance = values.reduce((a, v) => a + v * v, 0) / N;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(variance).toBeCloseTo(0.5, 1);
    // A normal distribution: 4.55 % beyond two deviations
    expect(values.filter((v) => Math.abs(v) > 2 * Math.SQRT1_2).length / N).toBeCloseTo(0.0455, 2);
    const one = float32([1, N], new Float32Array(N));
    const [extreme] = run(
      build,
      {
        x,
        'n.radius': float32(
          [1, N],
          one.data.map(() => 1),
        ),
        'n.angle': one,
      },
      true,
    );
    expect((extreme!.data as Float32Array).every(Number.isFinite)).toBe(true);
    expect(
      run((b) => b.output(b.op('Identity', [gaussianNoise(b, 'n', b.input('x', 'float32', [1, N]), 0.5)]), 'y'), {
        x,
      })[0]!.data[0],
    ).toBe(3);
    expect(() => run((b) => void gaussianNoise(b, 'n', b.input('x', 'float32', [1, N]), -1), { x })).toThrow(
      'variance: expected at least 0, got -1',
    );
  });

  it('gives each sample the mean 0 and the deviation 1; a constant one 0', () => {
    const x = float32([2, 1, 2, 2], [1, 2, 3, 6, 5, 5, 5, 5]);
    const [y] = run((b) => b.output(standardize(b, b.input('x', 'float32', [2, 1, 2, 2])), 'y'), { x });
    const deviation = Math.sqrt(3.5);
    [-2, -1, 0, 3, 0, 0, 0, 0].forEach((v, i) => expect(y!.data[i]).toBeCloseTo(i < 4 ? v / deviation : 0, 4));
  });
});
