/** Resizing of feature maps. */
import type { Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';
import { perAxis, spatialRank } from './shape.ts';

export interface ResizeMapOptions {
  /** Output size over input size, one for all spatial axes or one for each. */
  readonly scale: number | readonly number[];
  readonly mode: 'bilinear' | 'nearest';
  /** Bilinear only: whether the corner pixels' centres stay where they are. Default false: pixel edges do. */
  readonly alignCorners?: boolean;
}

/**
 * x [N,C,H,W] → [N,C,⌊scale·H⌋,⌊scale·W⌋]. Pixel centres at half-integers as PyTorch's `interpolate`; `nearest` takes
 * source pixel ⌊i/scale⌋.
 * @throws {ShapeError} on a scale that is not positive, or corners to align in nearest mode
 */
export function resizeMap(b: NetworkBuilder, x: Value, { scale, mode, alignCorners = false }: ResizeMapOptions): Value {
  const scales = perAxis(scale, spatialRank(x, 'resizeMap', [2]), 'resizeMap', 'scale');
  if (scales.some((s) => !(s > 0)))
    throw new ShapeError('resizeMap', `scales must be positive, got [${scales.join(',')}]`);
  if (mode === 'nearest' && alignCorners) throw new ShapeError('resizeMap', 'alignCorners needs mode "bilinear"');
  const factors = b.constant(float32([scales.length + 2], [1, 1, ...scales]));
  return mode === 'nearest'
    ? b.op('Resize', [x, null, factors], {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      })
    : b.op('Resize', [x, null, factors], {
        mode: 'linear',
        coordinate_transformation_mode: alignCorners ? 'align_corners' : 'half_pixel',
      });
}
