import { describe, expect, it } from 'vitest';
import { decodeDetections } from './ssd.ts';

describe('decodeDetections', () => {
  // One anchor in the middle of a 100-px input; offsets in input pixels.
  const anchors = Float32Array.of(0.5, 0.5);
  const regressions = Float32Array.of(10, -10, 20, 40, 5, 0, 0, 5, -5, 0, 0, -5, 1, 1, 2, 2);

  it('scales offsets to the region and applies the sigmoid', () => {
    const roi = { center: [300, 200], size: 200, rotationRad: 0 } as const; // 2 image pixels a step, from (200, 100)
    const [d] = decodeDetections(regressions, Float32Array.of(Math.log(3)), {
      anchors,
      inputSize: 100,
      roi,
      minScore: 0.5,
    });
    expect(d!.score).toBeCloseTo(0.75, 6);
    expect(d!.box).toEqual({ x: 300, y: 140, width: 40, height: 80 }); // centre (320, 180)
    expect(d!.keypoints[0]).toEqual([310, 200]);
    expect(d!.keypoints[1]).toEqual([300, 210]);
  });

  it('turns with the region', () => {
    const roi = { center: [300, 200], size: 100, rotationRad: Math.PI / 2 } as const;
    const [d] = decodeDetections(regressions, Float32Array.of(5), { anchors, inputSize: 100, roi, minScore: 0.5 });
    // (10, −10) turned clockwise by 90° is (10, 10).
    expect(d!.box.x + d!.box.width / 2).toBeCloseTo(310, 9);
    expect(d!.box.y + d!.box.height / 2).toBeCloseTo(210, 9);
    expect(d!.keypoints[0]![0]).toBeCloseTo(300, 9);
    expect(d!.keypoints[0]![1]).toBeCloseTo(205, 9);
  });

  it('drops anchors below the least score, and survives extreme logits', () => {
    const roi = { center: [50, 50], size: 100, rotationRad: 0 } as const;
    expect(
      decodeDetections(regressions, Float32Array.of(-0.01), { anchors, inputSize: 100, roi, minScore: 0.5 }),
    ).toEqual([]);
    expect(
      decodeDetections(regressions, Float32Array.of(1e30), { anchors, inputSize: 100, roi, minScore: 0.5 })[0]!.score,
    ).toBe(1);
  });
});
