/**
 * Anchor centres of the single-shot detectors.
 * Source: Liu et al. 2016 (SSD); the settings are those of MediaPipe's face detection graphs, where every anchor has
 * the fixed size 1, so that only centres matter and only the count at each cell depends on scales.
 */

export interface AnchorSpec {
  /** Side of the square input, px. */
  readonly inputSize: number;
  /** Stride of each output layer; neighbouring equal strides share one grid. */
  readonly strides: readonly number[];
  /** Anchors that each layer adds to a cell: 2 with MediaPipe's interpolated scale, 1 without. */
  readonly anchorsPerLayer: 1 | 2;
}

/**
 * The centres, in the order of the network's outputs: grid by grid, row by row, all anchors of a cell together.
 * @returns float32 [A,2], x and y in 0 … 1 of the input
 */
export function anchorCenters({ inputSize, strides, anchorsPerLayer }: AnchorSpec): Float32Array {
  const centers: number[] = [];
  for (let layer = 0; layer < strides.length;) {
    const stride = strides[layer]!;
    let perCell = 0;
    for (; strides[layer] === stride; layer++) perCell += anchorsPerLayer;
    const cells = Math.ceil(inputSize / stride);
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++) {
        for (let k = 0; k < perCell; k++) centers.push((x + 0.5) / cells, (y + 0.5) / cells);
      }
    }
  }
  return Float32Array.from(centers);
}
