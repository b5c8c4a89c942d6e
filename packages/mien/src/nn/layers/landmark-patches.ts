/** Patches of an image around landmarks. Shape legend: N batch, P landmarks, S side of a patch. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { float32 } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';

/**
 * Around each landmark, sampled bilinearly; 0 beyond the image.
 * @param x [N,1,H,W]   @param landmarks [N,2·P], x/width − ½ and y/height − ½
 * @param side S, px   @param step [N,1,1,1], px of the image between two of a patch; default 1
 * @returns [N,P,S,S]
 */
export function landmarkPatches(b: NetworkBuilder, x: Value, landmarks: Value, side: number, step?: Value): Value {
  const [height, width] = staticDims(x.shape.slice(2), 'landmarkPatches') as [number, number];
  const points = staticDims(landmarks.shape.slice(1), 'landmarkPatches')[0]! / 2;
  const centers = b.op('Mul', [b.op('Reshape', [landmarks, b.ints([0, points, 1, 2])]), 2]); // −1 … 1
  const pixels = Array.from({ length: side * side }, (_, i) => [
    (2 * ((i % side) - (side - 1) / 2)) / width,
    (2 * (Math.floor(i / side) - (side - 1) / 2)) / height,
  ]).flat();
  const offsets = b.constant(float32([1, 1, side * side, 2], pixels));
  const grid = b.op('Add', [centers, step ? b.op('Mul', [offsets, step]) : offsets]);
  const sampled = b.op('GridSample', [x, grid], { mode: 'linear', padding_mode: 'zeros', align_corners: 0 });
  return b.op('Reshape', [sampled, b.ints([0, points, side, side])]); // [N,1,P,S·S] → [N,P,S,S]
}
