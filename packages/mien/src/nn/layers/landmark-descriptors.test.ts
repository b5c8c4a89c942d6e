/** Descriptors at landmarks against the same written out pixel by pixel. */
import { describe, expect, it } from 'vitest';
import { UNIFORM_BINS } from '../../features/index.ts';
import { evaluateGraph } from '../../onnx/index.ts';
import { encodeModel } from '../../onnx/protobuf.ts';
import { createSession } from '../../runtime/index.ts';
import { float32, Random, toNumbers, type Tensor } from '../../tensor/index.ts';
import { NetworkBuilder } from '../network.ts';
import { DESCRIPTOR_SIZE, landmarkDescriptors } from './landmark-descriptors.ts';

const SIDE = 40;
const random = new Random(2, 'face');
/** Whole grey levels with many equal neighbours. */
const pixels = Array.from({ length: SIDE * SIDE }, () => random.int(6));
/** Where each patch begins: its landmark is 8 px right and below, between four pixels, so that sampling is exact. */
const corners = Array.from({ length: 68 }, () => [random.int(SIDE - 12) - 2, random.int(SIDE - 12) - 2] as const);
const landmarks = corners.flatMap(([x, y]) => [(x + 8) / SIDE - 0.5, (y + 8) / SIDE - 0.5]);

const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : pixels[y * SIDE + x]!);
const unit = (v: readonly number[]): number[] => {
  const length = Math.sqrt(v.reduce((sum, a) => sum + a * a, 0) + 1e-8);
  return v.map((a) => a / length);
};

function expected([left, top]: readonly [number, number]): number[] {
  const gray = Array.from({ length: 64 }, (_, i) => {
    const [x, y] = [left + 2 * (i % 8), top + 2 * Math.floor(i / 8)];
    return (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4;
  });
  const mean = gray.reduce((a, b) => a + b) / 64;
  const bins = Array.from({ length: 9 }, () => [0, 0, 0, 0]);
  const shares = Array.from({ length: 59 }, () => 0);
  for (let j = 0; j < 16; j++)
    for (let i = 0; i < 16; i++) {
      const [x, y] = [left + i, top + j];
      const [gx, gy] = [at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1)];
      const angle = (Math.atan2(gy, gx) + 2 * Math.PI) % Math.PI;
      const bin = Math.min(8, Math.floor((angle + 1e-9) / (Math.PI / 9)));
      bins[bin]![2 * Math.floor(j / 8) + Math.floor(i / 8)]! += Math.hypot(gx, gy) / 64;
      const around = [at(x + 1, y), at(x + 1, y - 1), at(x, y - 1), at(x - 1, y - 1)].concat([
        at(x - 1, y),
        at(x - 1, y + 1),
        at(x, y + 1),
        at(x + 1, y + 1),
      ]);
      const code = around.reduce((sum, g, p) => sum + (g >= at(x, y) ? 2 ** p : 0), 0);
      shares[UNIFORM_BINS[code]!]! += 1 / 256;
    }
  return [unit(gray.map((g) => g - mean)), unit(unit(bins.flat()).map((v) => Math.min(v, 0.2))), unit(shares)].flat();
}

function graph(x: readonly number[], places = landmarks): { b: NetworkBuilder; feeds: Record<string, Tensor> } {
  const b = new NetworkBuilder('descriptors');
  const image = b.input('x', 'float32', ['N', 1, SIDE, SIDE]);
  b.output(landmarkDescriptors(b, image, b.input('landmarks', 'float32', ['N', 136])), 'out');
  return { b, feeds: { x: float32([1, 1, SIDE, SIDE], x), landmarks: float32([1, 136], places) } };
}

describe('descriptors at landmarks', () => {
  const wanted = corners.slice(17).flatMap(expected);
  const differs = (found: Tensor, tolerance: number): number =>
    toNumbers(found).filter((v, i) => Math.abs(v - wanted[i]!) > tolerance).length;

  it('are grey values, orientations and patterns of the 51 inner points', async () => {
    const { b, feeds } = graph(pixels);
    const out = evaluateGraph(b.graph, feeds)['out']!;
    expect(out.dims).toEqual([1, DESCRIPTOR_SIZE]);
    expect(wanted).toHaveLength(DESCRIPTOR_SIZE);
    expect(differs(out, 1e-5)).toBe(0);
    const session = await createSession(encodeModel(b.graph), { threads: 1 });
    expect(differs((await session.run(feeds))['out']!, 1e-4)).toBe(0);
    await session.release();
  });

  it('do not change with light and contrast', () => {
    // Patches within the image, beyond which light does not reach
    const inner = landmarks.map((v) => Math.min(Math.max(v, 9 / SIDE - 0.5), 0.5 - 10 / SIDE));
    const one = graph(pixels, inner);
    const two = graph(
      pixels.map((v) => 2.5 * v + 30),
      inner,
    );
    const [a, c] = [one, two].map(({ b, feeds }) => toNumbers(evaluateGraph(b.graph, feeds)['out']!));
    expect(Math.max(...a!.map((v, i) => Math.abs(v - c![i]!)))).toBeLessThan(1e-5);
  });

  it('need grey faces with 68 landmarks', () => {
    const b = new NetworkBuilder('wrong');
    const x = b.input('x', 'float32', ['N', 3, SIDE, SIDE]);
    expect(() => landmarkDescriptors(b, x, b.input('landmarks', 'float32', ['N', 136]))).toThrow(
      'expected grey faces with 68 landmarks, got [N,3,40,40] and [N,136]',
    );
  });
});
