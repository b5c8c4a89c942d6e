import { describe, expect, it } from 'vitest';
import { EXPRESSIONS_8 } from '../labels/index.ts';
import { pixelsToTensor } from './image-input.ts';
import type { PreprocessSpec } from './preprocess.ts';

const spec: PreprocessSpec = {
  width: 2,
  height: 1,
  channels: 'rgb',
  mean: [0, 0.5, 1],
  std: [1, 0.5, 0.25],
  framing: 'fer2013',
  template: {
    leftEye: [0.7, 0.4],
    rightEye: [0.3, 0.4],
    noseTip: [0.5, 0.6],
    mouthLeft: [0.65, 0.8],
    mouthRight: [0.35, 0.8],
  },
  classes: [...EXPRESSIONS_8],
};

describe('pixelsToTensor', () => {
  it('normalises and turns interleaved channels into planes', () => {
    const out = new Float32Array(8).fill(9);
    pixelsToTensor(Uint8Array.of(0, 0, 0, 255, 255, 255), spec, out, 1);
    expect([...out]).toEqual([9, 0, 1, -1, 1, -4, 0, 9]);
  });

  it('gives the same for 8-bit and unrounded pixels', () => {
    const [bytes, floats] = [new Float32Array(6), new Float32Array(6)];
    pixelsToTensor(Uint8Array.of(1, 20, 30, 40, 50, 60), spec, bytes, 0);
    pixelsToTensor(Float32Array.of(1, 20, 30, 40, 50, 60), spec, floats, 0);
    expect(bytes).toEqual(floats);
  });

  it("applies the spec's steps before mean and deviation, to each channel", () => {
    const [plain, stepped] = [new Float32Array(6), new Float32Array(6)];
    const pixels = Uint8Array.of(0, 64, 255, 255, 128, 255);
    pixelsToTensor(pixels, { ...spec, steps: [{ name: 'gamma', gamma: 2 }] }, stepped, 0);
    pixelsToTensor(
      Float32Array.from(pixels, (v) => 255 * (v / 255) ** 2),
      spec,
      plain,
      0,
    );
    stepped.forEach((v, i) => expect(v).toBeCloseTo(plain[i]!, 5));
  });

  it('rejects another size and a buffer too small', () => {
    expect(() => pixelsToTensor(new Uint8Array(3), spec, new Float32Array(6), 0)).toThrow(
      /pixels: expected 1×2×3 values, got 3/,
    );
    expect(() => pixelsToTensor(new Uint8Array(6), spec, new Float32Array(6), 1)).toThrow(
      /out: expected room for 6 values from 1/,
    );
  });
});
